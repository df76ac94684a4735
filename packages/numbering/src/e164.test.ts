import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areaCodeOf, formatNational, formatPlus, isNanp, isTollFree, normalizePhoneNumber } from './index.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

describe('normalizePhoneNumber (C-25)', () => {
  it.each([
    ['18015551212', '18015551212'],
    ['8015551212', '18015551212'],
    ['+18015551212', '18015551212'],
    ['(801) 555-1212', '18015551212'],
    ['1.801.555.1212', '18015551212'],
    [' 16071234567', '16071234567'],
    ['+1 (607) 123-4567', '16071234567'],
    ['+442079460000', '442079460000'],
    ['+4512345678', '4512345678'],
    ['011442079460000', '442079460000'],
    ['01118015551212', '18015551212'],
  ])('reads %s as %s', (input, expected) => {
    expect(normalizePhoneNumber(input)).toBe(expected)
  })

  it.each([
    ['', 'nothing'],
    ['5551212', 'seven digits have no area code'],
    ['28015551212', 'eleven digits not beginning with 1'],
    ['1801555121', 'a digit short'],
    ['+1801555121', 'country code 1 has exactly eleven digits'],
    ['9115551212', 'an area code is never an N11'],
    ['+19115551212', 'an area code is never an N11'],
    ['0015551212', 'an area code begins with 2 to 9'],
    ['+1234567890123456', 'more than 15 digits (E.164 6.2.1)'],
    ['442079460000', 'international needs its +'],
    ['801-555-CALL', 'letters'],
    ['18015551212+', 'a + that is not first'],
  ])('refuses %j: %s', (input) => {
    expect(normalizePhoneNumber(input)).toBeUndefined()
  })

  it('reads back what formatPlus and formatNational write, for every number', () => {
    const numbers = fc.stringMatching(/^(1[2-9][02-9]\d[2-9]\d{6}|[2-9]\d{7,13})$/)
    fc.assert(
      fc.property(numbers, (number) => {
        expect(normalizePhoneNumber(formatPlus(number))).toBe(number)
        expect(normalizePhoneNumber(formatNational(number))).toBe(number)
      }),
    )
  })

  it('never throws and never lets through anything but 7 to 15 digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789+()-. #*ax'.split('')) }), (text) => {
        expect(normalizePhoneNumber(text) ?? '1234567').toMatch(/^\d{7,15}$/)
      }),
    )
  })
})

describe('what a number tells', () => {
  it('formats the NANP way (S2-06) and with + (C-25)', () => {
    expect(formatNational('16071234567')).toBe('(607) 123-4567')
    expect(formatNational('442079460000')).toBe('+442079460000')
    expect(formatPlus('16071234567')).toBe('+16071234567')
  })

  it('knows area codes of NANP numbers only', () => {
    expect(areaCodeOf('18015551212')).toBe('801')
    expect(areaCodeOf('442079460000')).toBeUndefined()
    expect(isNanp('442079460000')).toBe(false)
  })

  it.each(['800', '888', '877', '866', '855', '844', '833'])('knows %s as toll-free (S2-04)', (npa) => {
    expect(isTollFree(`1${npa}5551212`)).toBe(true)
  })

  it('does not take 801 or +80 for toll-free', () => {
    expect(isTollFree('18015551212')).toBe(false)
    expect(isTollFree('80012345678')).toBe(false)
  })
})
