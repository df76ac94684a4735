import { describe, expect, it } from 'vitest'
import { keypadDigits } from './keypad-digits.ts'

describe('keypadDigits', () => {
  it.each([
    ['1-607-555-HELP', '1-607-555-4357'],
    ['+1800flowers', '+18003569377'],
    ['adgjmptwz', '234567899'],
    ['16075550123', '16075550123'],
  ])('%s is dialed %s (E.161)', (written, dialed) => {
    expect(keypadDigits(written)).toBe(dialed)
  })
})
