import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkExtension, DIALING_BEHAVIORS, interpretDialedDigits, recognizeEmergency } from './index.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const spellings911 = [
  '911',
  '9911',
  '9-911',
  '9-1-1',
  '1911',
  '1-911',
  '91911',
  '9 1 911',
  '+911',
  '+1911',
  '(911)',
  '911#',
  '*67911',
  '*82 911',
  '*679911',
  '112',
  '+112',
  '9112',
  '911;phone-context=+1',
  'urn:service:sos',
  'URN:SERVICE:SOS',
  'urn:service:sos.police',
  ' 911 ',
  '9.1.1',
]
const spellings933 = ['933', '9933', '9-933', '1933', '91933', '+933', '933#', '*67933', 'urn:service:test.sos']
const notEmergency = [
  '9110',
  '9119',
  '91155',
  '9111234',
  '9115551212',
  '19115551212',
  '919115551212',
  '99115551212',
  '9335551212',
  '9330',
  '911911',
  '11',
  '91',
  '4911',
  '8911',
  '2911',
  '999',
  '1112',
  '1120',
  '*72911',
  '911*',
  '91#1',
  'a911',
  '911b',
  'urn:service:sosx',
  'urn:service:counseling',
  '',
]
const behaviors = fc.constantFrom(...DIALING_BEHAVIORS)

describe('recognizeEmergency', () => {
  it.each(spellings911)('hears a call for 911 in %j (47 CFR 9.16(b)(1), S0-72, S0-76)', (dialed) => {
    expect(recognizeEmergency(dialed)).toBe('911')
  })

  it.each(spellings933)('hears an address check in %j', (dialed) => {
    expect(recognizeEmergency(dialed)).toBe('933')
  })

  it.each(notEmergency)('sends no help for %j', (dialed) => {
    expect(recognizeEmergency(dialed)).toBeUndefined()
  })

  it('comes before every dialing behaviour, extension length and existing extension (S0-76, C-58)', () => {
    const dialed = fc.constantFrom(...spellings911, ...spellings933)
    fc.assert(
      fc.property(
        dialed,
        behaviors,
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        fc.option(fc.constant('911')),
        (text, behavior, extensionLength, exists, area) => {
          const understood = interpretDialedDigits({ dialed: text, behavior, extensionLength, homeAreaCode: area ?? undefined, extensionExists: () => exists })
          expect(understood).toEqual({ kind: 'emergency', service: recognizeEmergency(text) })
        },
      ),
    )
  })

  it('never mistakes a valid outside number or a permitted extension for an emergency', () => {
    const outside = fc.tuple(fc.constantFrom('', '9', '+', '91', '1', '+1'), fc.stringMatching(/^[2-9][02-9]\d[2-9]\d{6}$/)).map((parts) => parts.join(''))
    fc.assert(
      fc.property(outside, (dialed) => {
        expect(recognizeEmergency(dialed)).toBeUndefined()
      }),
      { numRuns: 2000 },
    )
    const swallowed: string[] = []
    for (let value = 0; value < 10_000; value++) {
      for (const extension of [String(value).padStart(3, '0'), String(value).padStart(4, '0')]) {
        const problem = checkExtension({ extension, extensionLength: extension.length, allowDangerousExtensions: true })
        if (problem === undefined && recognizeEmergency(extension) !== undefined) swallowed.push(extension)
      }
    }
    expect(swallowed).toEqual([])
  })
})
