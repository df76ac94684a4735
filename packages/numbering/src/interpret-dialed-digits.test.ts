import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DIALING_BEHAVIORS, interpretDialedDigits } from './index.ts'
import type { DialedNumber, DialingBehavior } from './index.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const extensions: ReadonlySet<string> = new Set(['4000', '4001', '9110', '1050', '201', '555121'])

function interpret(dialed: string, behavior: DialingBehavior = 'OPEN_DIAL_PLAN', homeAreaCode: string | undefined = '801'): DialedNumber {
  return interpretDialedDigits({ dialed, behavior, extensionLength: 4, homeAreaCode, extensionExists: (extension) => extensions.has(extension) })
}

const local: DialedNumber = { kind: 'number', number: '18015551212', international: false }
const away: DialedNumber = { kind: 'number', number: '16075551212', international: false }
const abroad: DialedNumber = { kind: 'number', number: '442079460000', international: true }
const no = (reason: string): unknown => ({ kind: 'unrecognized', reason })

/** One row a behaviour: what 7, 10, 11 digits and 011 do, bare and after a 9. */
const table: readonly (readonly [DialingBehavior, Readonly<Record<string, unknown>>])[] = [
  [
    'SEVEN_DIGIT',
    {
      '5551212': local,
      '6075551212': away,
      '16075551212': away,
      '011442079460000': abroad,
      '95551212': no('Incomplete'),
      '96075551212': no('InvalidNumber'),
      '9411': { kind: 'extension', extension: '9411' },
    },
  ],
  [
    'TEN_DIGIT',
    { '5551212': no('PatternNotAllowed'), '6075551212': away, '16075551212': away, '011442079460000': abroad, '916075551212': no('InvalidNumber') },
  ],
  [
    'OPEN_DIAL_PLAN',
    {
      '5551212': local,
      '6075551212': away,
      '16075551212': away,
      '95551212': local,
      '96075551212': away,
      '916075551212': away,
      '9011442079460000': abroad,
      '9015551212': { kind: 'number', number: '19015551212', international: false },
    },
  ],
  [
    'DIAL_NINE_SEVEN_DIGIT',
    {
      '95551212': local,
      '96075551212': away,
      '916075551212': away,
      '9011442079460000': abroad,
      '5551212': no('OutsidePrefixRequired'),
      '6075551212': no('OutsidePrefixRequired'),
      '011442079460000': no('OutsidePrefixRequired'),
    },
  ],
  [
    'DIAL_NINE_TEN_DIGIT',
    {
      '95551212': no('PatternNotAllowed'),
      '96075551212': away,
      '916075551212': away,
      '16075551212': no('OutsidePrefixRequired'),
      '99015551212': { kind: 'number', number: '19015551212', international: false },
    },
  ],
  [
    'OPEN_DIAL_PLAN_TEN_DIGIT',
    {
      '4000': { kind: 'extension', extension: '4000' },
      '6075551212': away,
      '16075551212': away,
      '5551212': no('PatternNotAllowed'),
      '95551212': no('Incomplete'),
    },
  ],
]

describe('interpretDialedDigits: outside numbers by dialing behaviour (S1-34)', () => {
  it.each(table)('%s (S1-35 for OPEN_DIAL_PLAN_TEN_DIGIT)', (behavior, rows) => {
    const understood = Object.fromEntries(Object.keys(rows).map((dialed) => [dialed, interpret(dialed, behavior)]))
    expect(understood).toEqual(rows)
  })

  it('completes seven digits by the home area code, and refuses them without one', () => {
    expect(interpret('555-1212', 'SEVEN_DIGIT', '607')).toEqual(away)
    expect(
      interpretDialedDigits({ dialed: '5551212', behavior: 'SEVEN_DIGIT', extensionLength: 4, homeAreaCode: undefined, extensionExists: () => false }),
    ).toEqual(no('HomeAreaCodeUnknown'))
  })

  it('takes + forms and extensions under every behaviour', () => {
    for (const behavior of DIALING_BEHAVIORS) {
      expect(interpret('+16075551212', behavior)).toEqual(away)
      expect(interpret('+44 20 7946 0000', behavior)).toEqual(abroad)
      expect(interpret('4000', behavior)).toEqual({ kind: 'extension', extension: '4000' })
    }
  })

  it('reads 911 and four to seven more digits as no number: neither an area code nor an office code is an N11', () => {
    expect(interpret('9111234')).toEqual(no('InvalidNumber'))
    expect(interpret('9115551212')).toEqual(no('InvalidNumber'))
    expect(interpret('9115551212', 'DIAL_NINE_TEN_DIGIT')).toEqual(no('Incomplete'))
  })

  it('reads 011 1 NPA as the NANP number it is', () => {
    expect(interpret('01116075551212')).toEqual(away)
  })
})

describe('interpretDialedDigits: extensions, short codes, star codes', () => {
  it('prefers an extension that exists, whatever its length, and says extension for digits of that length', () => {
    expect(interpret('201')).toEqual({ kind: 'extension', extension: '201' })
    expect(interpret('555121')).toEqual({ kind: 'extension', extension: '555121' })
    expect(interpret('1050')).toEqual({ kind: 'extension', extension: '1050' })
    expect(interpret('4999')).toEqual({ kind: 'extension', extension: '4999' })
    expect(interpret('499')).toEqual(no('Incomplete'))
  })

  it('does not let an extension 9110 swallow 911, nor 911 the extension (S0-76)', () => {
    expect(interpret('9110')).toEqual({ kind: 'extension', extension: '9110' })
    expect(interpret('911')).toEqual({ kind: 'emergency', service: '911' })
  })

  it.each(['211', '311', '411', '511', '611', '711', '811', '988'])('reaches %s with and without the 9 of a dial-nine plan', (code) => {
    expect(interpret(code)).toEqual({ kind: 'service', code })
    expect(interpret(code, 'DIAL_NINE_SEVEN_DIGIT')).toEqual({ kind: 'service', code })
    expect(interpret(`9${code}`, 'DIAL_NINE_SEVEN_DIGIT')).toEqual({ kind: 'service', code })
  })

  it('reaches the operator: 0, 00, 0 and 01 with a number', () => {
    for (const digits of ['0', '00', '06075551212', '01442079460000']) expect(interpret(digits)).toEqual({ kind: 'operator', digits })
    expect(interpret('90', 'DIAL_NINE_TEN_DIGIT')).toEqual({ kind: 'operator', digits: '0' })
    expect(interpret('906075551212', 'DIAL_NINE_TEN_DIGIT')).toEqual({ kind: 'operator', digits: '06075551212' })
  })

  it('splits star codes from what follows', () => {
    expect(interpret('*98')).toEqual({ kind: 'star', code: '98', rest: '' })
    expect(interpret('*67 (801) 555-1212')).toEqual({ kind: 'star', code: '67', rest: '8015551212' })
    expect(interpret('*2341')).toEqual({ kind: 'star', code: '234', rest: '1' })
    expect(interpret('*9')).toEqual(no('InvalidCharacters'))
  })

  it('gives the reason for what it cannot read', () => {
    expect(interpret('')).toEqual(no('Empty'))
    expect(interpret(' - ')).toEqual(no('Empty'))
    expect(interpret('bob')).toEqual(no('InvalidCharacters'))
    expect(interpret('++16075551212')).toEqual(no('InvalidCharacters'))
    expect(interpret('1'.repeat(41))).toEqual(no('TooLong'))
    expect(interpret('60755512')).toEqual(no('Incomplete'))
    expect(interpret('1607555121')).toEqual(no('Incomplete'))
  })

  it('answers anything at all with a valid meaning and never throws', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: fc.constantFrom(...'0123456789+*#-. ();'.split('')), maxLength: 24 }))
    const sound = fc.property(text, fc.constantFrom(...DIALING_BEHAVIORS), (dialed, behavior) => {
      const understood = interpret(dialed, behavior)
      if (understood.kind === 'number') return /^[1-9]\d{6,14}$/.test(understood.number)
      return understood.kind !== 'extension' || /^\d{1,6}$/.test(understood.extension)
    })
    expect(fc.check(sound, { numRuns: 3000 }).counterexample).toBeNull()
  })

  it('understands a number the same with any visual separators in it (RFC 3966)', () => {
    const dialed = fc.constantFrom('5551212', '16075551212', '011442079460000', '4000', '*674000', '0', '411')
    fc.assert(
      fc.property(dialed, fc.array(fc.constantFrom('', '-', '.', ' ', '(', ')'), { minLength: 16, maxLength: 16 }), (digits, marks) => {
        const marked = Array.from(digits, (digit, index) => digit + (marks[index] ?? '')).join('')
        expect(interpret(marked)).toEqual(interpret(digits))
      }),
    )
  })
})
