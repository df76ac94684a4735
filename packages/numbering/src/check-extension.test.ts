import { describe, expect, it } from 'vitest'
import { checkExtension } from './index.ts'

const check = (extension: string, extensionLength = 4, allowDangerousExtensions = false): string | undefined =>
  checkExtension({ extension, extensionLength, allowDangerousExtensions })

describe('checkExtension', () => {
  it.each(['2000', '4000', '8999'])('allows %s: 2000 to 8999 (S1-45)', (extension) => {
    expect(check(extension)).toBeUndefined()
  })

  it.each([
    ['1999', 'DangerousExtension'],
    ['9000', 'InvalidExtension'],
    ['0123', 'InvalidExtension'],
    ['400', 'InvalidExtensionLength'],
    ['40000', 'InvalidExtensionLength'],
    ['40a0', 'InvalidExtension'],
    ['', 'InvalidExtension'],
    ['-400', 'InvalidExtension'],
  ])('refuses %j: %s (S1-45, C-19)', (extension, problem) => {
    expect(check(extension)).toBe(problem)
  })

  it.each([
    ['201', 3],
    ['86753', 5],
    ['899999', 6],
  ])('asks for as many digits as the account has: %s of %i (S1-30)', (extension, length) => {
    expect(check(extension, length)).toBeUndefined()
    expect(check(extension, 4)).toBe('InvalidExtensionLength')
  })

  it('allows a leading 1 to an account that allows dangerous extensions, not 0 or 9 (C-19)', () => {
    expect(check('1001', 4, true)).toBeUndefined()
    expect(check('9001', 4, true)).toBe('InvalidExtension')
    expect(check('0001', 4, true)).toBe('InvalidExtension')
  })

  it('never gives out what dials an emergency or a service', () => {
    expect(check('112', 3, true)).toBe('ReservedExtension')
    expect(check('1911', 4, true)).toBe('ReservedExtension')
    expect(check('1933', 4, true)).toBe('ReservedExtension')
    expect(check('911', 3, true)).toBe('ReservedExtension')
    expect(check('411', 3)).toBe('ReservedExtension')
  })
})
