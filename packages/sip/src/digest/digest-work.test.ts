import type * as Crypto from 'node:crypto'
import { ManualTime } from '@dialtone/foundation'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createRequest } from '../message/index.ts'
import { computeDigestResponse, computeHa1, type DigestAlgorithm } from './digest-hash.ts'
import { DigestAuthenticator } from './digest-authenticator.ts'

const work = vi.hoisted((): { hashes: string[] } => ({ hashes: [] }))

// Counts what is hashed; the work itself is done by Node.
vi.mock('node:crypto', async (original) => {
  const real = await original<typeof Crypto>()
  return {
    ...real,
    hash: (algorithm: string, data: string, encoding: 'hex') => {
      work.hashes.push(`${algorithm} ${data.length}`)
      return real.hash(algorithm, data, encoding)
    },
  }
})

const REALM = 'dialtone.test'
const time = new ManualTime()
const authenticator = new DigestAuthenticator({ realm: REALM, clock: time, secret: Buffer.alloc(32, 1) })

/** What a request with these credentials costs: which hashes, over how much. */
function costOf(username: string, known: boolean, algorithm: DigestAlgorithm): unknown {
  const challenge = authenticator.challenge()[0]?.[1] ?? ''
  const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? ''
  const uri = `sip:${REALM}`
  const qop = { name: 'auth', nonceCount: '00000001', cnonce: 'c0ffee' }
  const response = computeDigestResponse(algorithm, computeHa1(algorithm, username, REALM, 'a wrong guess'), { method: 'REGISTER', uri, nonce, qop })
  const digest = `Digest username="${username}", realm="${REALM}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="c0ffee"`
  const request = createRequest({ method: 'REGISTER', uri, headers: [['Authorization', digest]] })
  const ha1 = { MD5: computeHa1('MD5', username, REALM, 'right'), 'SHA-256': computeHa1('SHA-256', username, REALM, 'right') }
  work.hashes = []
  const named = authenticator.identify(request)?.username
  const verdict = authenticator.verify(request, known ? { ha1 } : undefined)
  return { named, verdict, hashes: [...work.hashes] }
}

beforeEach(() => time.advance(1000))

describe('a user that exists and one that does not (RFC 3261 26.3.2.1: nothing to learn from the time)', () => {
  it.each(['MD5', 'SHA-256'] as const)('cost the same hashes (%s)', (algorithm) => {
    // What does not depend on the user may be remembered.
    costOf('2000', true, algorithm)
    const known = costOf('2001', true, algorithm)
    expect(costOf('2001', false, algorithm)).toEqual(known)
    expect(known).toMatchObject({ verdict: 'rejected', named: '2001', hashes: [expect.any(String)] })
  })

  it('are challenged alike: as long, but for the nonce the same', () => {
    const [one, other] = [authenticator.challenge(), authenticator.challenge()].map((headers) =>
      headers.map(([, text]) => text.replace(/nonce="[^"]{30}"/, 'nonce')),
    )
    expect(one).toEqual(other)
    expect(one?.join()).toContain(' nonce,')
  })
})
