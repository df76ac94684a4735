import { ManualTime } from '@dialtone/foundation'
import { describe, expect, it } from 'vitest'
import { createRequest, createResponse, type Header, type SipRequest } from '../message/index.ts'
import { answerChallenge } from './answer-challenge.ts'
import { DigestAuthenticator, type DigestAuthenticatorOptions, type DigestCredentials } from './digest-authenticator.ts'
import { computeDigestResponse, computeHa1 } from './digest-hash.ts'

const REALM = 'voice.example.com'
const URI = 'sip:voice.example.com'
const SECRET = Buffer.from('a secret of the test')

function credentialsOf(username: string, password: string): DigestCredentials {
  return { ha1: { MD5: computeHa1('MD5', username, REALM, password), 'SHA-256': computeHa1('SHA-256', username, REALM, password) } }
}

const alice = credentialsOf('alice', 'wonderland')

function authenticator(o: Partial<DigestAuthenticatorOptions> = {}): DigestAuthenticator {
  return new DigestAuthenticator({ realm: REALM, clock: new ManualTime(), secret: SECRET, ...o })
}

function register(headers: readonly Header[], uri = URI): SipRequest {
  return createRequest({ method: 'REGISTER', uri, headers })
}

interface Answer {
  readonly username?: string
  readonly password?: string
  readonly nonceCount?: number
  readonly uri?: string
}

/** Answers challenge headers as a phone does. */
function answered(challenge: readonly Header[], o: Answer = {}): SipRequest {
  const uri = o.uri ?? URI
  const header = answerChallenge({
    response: createResponse(register([]), 401, { headers: challenge }),
    method: 'REGISTER',
    uri,
    username: o.username ?? 'alice',
    password: o.password ?? 'wonderland',
    cnonce: 'c-nonce',
    nonceCount: o.nonceCount ?? 1,
  })
  return register(header === undefined ? [] : [header])
}

function nonceOf(challenge: readonly Header[]): string {
  return /nonce="([^"]+)"/.exec(challenge[0]?.[1] ?? '')?.[1] ?? ''
}

/** Credentials written by hand: what a phone might send. */
function handWritten(nonce: string, o: { uri?: string; extra?: string; legacy?: boolean; username?: string } = {}): SipRequest {
  const uri = o.uri ?? URI
  const username = o.username ?? 'alice'
  const qop = o.legacy === true ? undefined : { name: 'auth', nonceCount: '00000001', cnonce: 'x' }
  const ha1 = computeHa1('MD5', username, REALM, 'wonderland')
  const response = computeDigestResponse('MD5', ha1, { method: 'REGISTER', uri, nonce, qop })
  const count = qop === undefined ? '' : ', qop=auth, nc=00000001, cnonce="x"'
  const value = `Digest username="${username}", realm="${REALM}", nonce="${nonce}", uri="${uri}", response="${response}"${count}${o.extra ?? ''}`
  return register([['Authorization', value]])
}

describe('DigestAuthenticator', () => {
  it('offers SHA-256 first, then MD5, with qop=auth (RFC 8760 2.3), as 401 or 407', () => {
    const challenge = authenticator().challenge({ stale: true })
    expect(challenge.map(([name]) => name)).toEqual(['WWW-Authenticate', 'WWW-Authenticate'])
    expect(challenge.map(([, value]) => /algorithm=([^,]+), qop="auth", stale=true$/.exec(value)?.[1])).toEqual(['SHA-256', 'MD5'])
    expect(authenticator().challenge({ proxy: true })[0]?.[0]).toBe('Proxy-Authenticate')
  })

  it('offers only the algorithms it was told to, and accepts the others all the same', () => {
    const server = new DigestAuthenticator({ realm: REALM, clock: new ManualTime(), secret: Buffer.alloc(32, 1), offered: ['MD5'] })
    expect(server.challenge().map(([, value]) => /algorithm=([^,]+)/.exec(value)?.[1])).toEqual(['MD5'])
  })

  it('accepts the right answer in either algorithm (RFC 7616 3.4)', () => {
    const server = authenticator()
    const [sha256, md5] = server.challenge().map((header) => [header])
    expect(server.verify(answered(sha256 ?? []), alice)).toBe('accepted')
    expect(server.verify(answered(server.challenge().slice(1)), alice)).toBe('accepted')
    expect(md5).toHaveLength(1)
  })

  it('rejects a wrong password, a wrong user, an unknown user, another method', () => {
    const server = authenticator()
    const challenge = server.challenge()
    expect(server.verify(answered(challenge, { password: 'guess' }), alice)).toBe('rejected')
    expect(server.verify(answered(challenge, { username: 'bob' }), alice)).toBe('rejected')
    expect(server.verify(answered(challenge), undefined)).toBe('rejected')
    const [name, value] = answered(challenge).allHeaders()[0] ?? ['', '']
    expect(server.verify(createRequest({ method: 'INVITE', uri: URI, headers: [[name, value]] }), alice)).toBe('rejected')
  })

  it('accepts nobody for a user that does not exist, not even who knows what stands in for the password', () => {
    const server = authenticator()
    expect(server.verify(answered(server.challenge(), { username: '', password: SECRET.toString('hex') }), undefined)).toBe('rejected')
  })

  it('finds no credentials where there are none for it: none, another realm, scheme (RFC 4475 3.3.7), algorithm, auth-int, userhash', () => {
    const server = authenticator()
    const nonce = nonceOf(server.challenge())
    const other = new DigestAuthenticator({ realm: 'elsewhere.example.com', clock: new ManualTime(), secret: SECRET })
    expect(server.verify(register([]), alice)).toBe('missing')
    expect(server.verify(answered(other.challenge()), alice)).toBe('missing')
    expect(server.verify(register([['Authorization', 'NoOneKnowsThisScheme opaque-data=here']]), alice)).toBe('missing')
    expect(server.verify(handWritten(nonce, { extra: ', algorithm=SHA-512-256' }), alice)).toBe('missing')
    expect(server.verify(handWritten(nonce, { legacy: true, extra: ', qop=auth-int, nc=1, cnonce="x"' }), alice)).toBe('missing')
    expect(server.verify(handWritten(nonce, { extra: ', userhash=true' }), alice)).toBe('missing')
    expect(server.verify(handWritten(nonce, { extra: ', userhash=false' }), alice)).toBe('accepted')
  })

  it('names the user before any look-up, with quotes and UTF-8 in the name', () => {
    const server = authenticator()
    const username = 'Jäsøn "J" Doe\\1'
    const request = answered(server.challenge(), { username })
    expect(server.identify(request)).toEqual({ username, realm: REALM })
    expect(server.verify(request, credentialsOf(username, 'wonderland'))).toBe('accepted')
    expect(server.identify(register([]))).toBeUndefined()
  })

  it('takes credentials for another realm beside its own', () => {
    const server = authenticator()
    const own = answered(server.challenge()).allHeaders()[0] ?? ['', '']
    const foreign: Header = ['Proxy-Authorization', 'Digest username="x", realm="elsewhere", nonce="n", uri="u", response="r"']
    expect(server.verify(register([foreign, own]), alice)).toBe('accepted')
  })

  it.each(['algorithm=MD5', 'algorithm="MD5"', 'algorithm=md5'])('takes the algorithm written %s, as phones differ', (algorithm) => {
    const server = authenticator()
    expect(server.verify(handWritten(nonceOf(server.challenge()), { extra: `, ${algorithm}` }), alice)).toBe('accepted')
  })

  it('compares the URI as loosely as phones write it: any host of ours or theirs, but not another user (RFC 7616 3.4.6)', () => {
    const server = authenticator()
    const verdict = (uri: string): string => server.verify(handWritten(nonceOf(server.challenge()), { uri }), alice)
    for (const uri of [
      'sip:voice.example.com:5060',
      'sips:voice.example.com',
      'SIP:Voice.Example.com;transport=udp',
      'sip:192.0.2.9:5062',
      'sip:[fd00::2]:5062',
      'sip:fd00::2:5062',
    ])
      expect(verdict(uri), uri).toBe('accepted')
    for (const uri of ['sip:bob@voice.example.com', 'nonsense', 'sip:bob@fd00::2:5062']) expect(verdict(uri), uri).toBe('rejected')
  })
})

describe('nonces (RFC 7616 3.3, 3.4.6)', () => {
  it('count up: every count once, in any order that UDP makes, none twice', () => {
    const server = authenticator()
    const challenge = server.challenge()
    const verdicts = [1, 1, 3, 2, 2, 40, 3, 9, 8, 39, 72, 40].map((nonceCount) => server.verify(answered(challenge, { nonceCount }), alice))
    expect(verdicts).toEqual(['accepted', 'stale', 'accepted', 'accepted', 'stale', 'accepted', 'stale', 'accepted', 'stale', 'accepted', 'accepted', 'stale'])
  })

  it('go stale after their lifetime, and not before', () => {
    const clock = new ManualTime()
    const server = authenticator({ clock, nonceLifetimeMs: 60_000 })
    const challenge = server.challenge()
    clock.advance(60_000)
    expect(server.verify(answered(challenge), alice)).toBe('accepted')
    clock.advance(1)
    expect(server.verify(answered(challenge, { nonceCount: 2 }), alice)).toBe('stale')
    expect(server.verify(answered(challenge, { nonceCount: 3, password: 'guess' }), alice)).toBe('rejected')
  })

  it('of another secret, made up, or damaged are stale', () => {
    const server = authenticator()
    const foreign = new DigestAuthenticator({ realm: REALM, clock: new ManualTime(), secret: Buffer.from('another') })
    expect(server.verify(answered(foreign.challenge()), alice)).toBe('stale')
    const nonce = nonceOf(server.challenge())
    for (const damaged of ['', 'x', `${nonce}A`, nonce.slice(1), `B${nonce.slice(1)}`, `${nonce.slice(0, -1)}!`, 'A'.repeat(nonce.length)]) {
      expect(server.verify(handWritten(damaged), alice), damaged).toBe('stale')
    }
  })

  it('of a node with the same secret are ours', () => {
    expect(authenticator().verify(answered(authenticator().challenge()), alice)).toBe('accepted')
  })

  it('are all different, those of one millisecond too', () => {
    const server = authenticator()
    expect(new Set(Array.from({ length: 1000 }, () => nonceOf(server.challenge()))).size).toBe(1000)
  })

  it('are good once for phones that send no nc (RFC 2617 3.2.2)', () => {
    const server = authenticator()
    const nonce = nonceOf(server.challenge())
    expect(server.verify(handWritten(nonce, { legacy: true }), alice)).toBe('accepted')
    expect(server.verify(handWritten(nonce, { legacy: true }), alice)).toBe('stale')
    expect(server.verify(handWritten(nonce), alice)).toBe('stale')
  })

  it('cannot be replayed after memory ran over: what was forgotten counts as used', () => {
    const clock = new ManualTime()
    const server = authenticator({ clock, maxNonces: 10 })
    const first = server.challenge()
    expect(server.verify(answered(first), alice)).toBe('accepted')
    for (let n = 0; n < 20; n++) {
      clock.advance(1)
      expect(server.verify(answered(server.challenge()), alice)).toBe('accepted')
    }
    expect(server.verify(answered(first), alice)).toBe('stale')
    expect(server.verify(answered(first, { nonceCount: 2 }), alice)).toBe('stale')
  })

  it('take no memory before the password was right', () => {
    const server = authenticator({ maxNonces: 1 })
    const challenge = server.challenge()
    expect(server.verify(answered(challenge), alice)).toBe('accepted')
    for (let n = 0; n < 5; n++) server.verify(answered(server.challenge(), { password: 'guess' }), alice)
    expect(server.verify(answered(challenge, { nonceCount: 2 }), alice)).toBe('accepted')
  })
})
