import { describe, expect, it } from 'vitest'
import { parseNameAddress, parseUri, parseVia, splitCommaList } from '../../src/message/index.ts'
import { parseAuthParameters } from '../../src/digest/auth-parameters.ts'
import { checkMessage } from './check-message.ts'
import { mutateMessage } from './mutate-message.ts'
import { SEED_MESSAGES } from './seed-messages.ts'
import { seededNumbers } from './seeded-numbers.ts'

const MESSAGES_A_SEED = 3000

describe('damaged messages', () => {
  it.each([1, 2, 3, 4])('are read without a throw, and read back as they were written (RFC 4475, RFC 3261 7; seed %i)', (seed) => {
    const numbers = seededNumbers(seed)
    for (let count = 0; count < MESSAGES_A_SEED; count++) {
      const original = SEED_MESSAGES[numbers.below(SEED_MESSAGES.length)] ?? ''
      const mutated = mutateMessage(original, numbers, SEED_MESSAGES)
      expect(checkMessage(Buffer.from(mutated, 'latin1')), JSON.stringify(mutated.slice(0, 4000))).toBeUndefined()
    }
  })
})

describe('damaged values', () => {
  const VALUES = [
    'Digest username="ann", realm="example.com", nonce="84a4", uri="sip:example.com", response="7587", qop=auth, nc=00000001, cnonce="x"',
    '"Ann \\"A\\"" <sip:2001@example.com;user=phone?subject=x>;tag=88;x="<"',
    'sip:alice;x=%41:pw@[2001:db8::1]:5060;transport=udp;lr?a=b&c=d',
    'tel:+1-801-555-0101;phone-context=example.com',
    'SIP / 2.0 / UDP [2001:db8::9:1]:5060 ;branch=z9hG4bK87;received="x"',
    '<sip:a@b>, "x, y" <sip:c,d@e>;q=0.1,<sip:f>',
  ]

  it.each([1, 2])('are read without a throw (RFC 3261 19.1, 20; RFC 7616 3; seed %i)', (seed) => {
    const numbers = seededNumbers(seed)
    for (let count = 0; count < 10_000; count++) {
      const value = mutateMessage(VALUES[numbers.below(VALUES.length)] ?? '', numbers, VALUES)
      for (const read of [parseAuthParameters, parseNameAddress, parseUri, parseVia, splitCommaList]) read(value)
    }
  })
})
