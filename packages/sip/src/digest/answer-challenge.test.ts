import { describe, expect, it } from 'vitest'
import { createRequest, createResponse, type Header, type SipResponse } from '../message/index.ts'
import { answerChallenge } from './answer-challenge.ts'
import { parseAuthParameters } from './auth-parameters.ts'

const request = createRequest({ method: 'GET', uri: 'sip:example.org', headers: [] })

function challenged(statusCode: number, headers: readonly Header[]): SipResponse {
  return createResponse(request, statusCode, { headers })
}

function answered(header: Header | undefined, parameter: string): string | undefined {
  return parseAuthParameters(header?.[1] ?? '')?.parameters.get(parameter)
}

/** RFC 7616 3.9.1: both challenges, one nonce. */
const RFC_7616 = ['SHA-256', 'MD5'].map((algorithm): Header => {
  const value = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
  return ['WWW-Authenticate', value]
})
const mufasa = {
  method: 'GET',
  uri: '/dir/index.html',
  username: 'Mufasa',
  password: 'Circle of Life',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  nonceCount: 1,
}

describe('answerChallenge', () => {
  it('gives the response of RFC 7616 3.9.1 for SHA-256, the strongest offered, whatever the order', () => {
    const header = answerChallenge({ ...mufasa, response: challenged(401, RFC_7616.toReversed()) })
    expect(header?.[0]).toBe('Authorization')
    expect(answered(header, 'algorithm')).toBe('SHA-256')
    expect(answered(header, 'response')).toBe('753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1')
    expect(answered(header, 'opaque')).toBe('FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS')
  })

  it('gives the response of RFC 7616 3.9.1 for MD5 when only MD5 is offered', () => {
    const header = answerChallenge({ ...mufasa, response: challenged(401, RFC_7616.slice(1)) })
    expect(answered(header, 'response')).toBe('8ca523f5e9506fed4657c9700eebdbec')
    expect([answered(header, 'nc'), answered(header, 'qop')]).toEqual(['00000001', 'auth'])
  })

  it('gives the response of RFC 2617 3.5, where the challenge names no algorithm', () => {
    const value =
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    const options = { ...mufasa, password: 'Circle Of Life', cnonce: '0a4f113b', response: challenged(401, [['WWW-Authenticate', value]]) }
    const header = answerChallenge(options)
    expect(answered(header, 'response')).toBe('6629fae49393a05397450978507c4ef1')
    expect(answered(header, 'algorithm')).toBeUndefined()
  })

  it('answers a challenge without qop as RFC 2069 did, without nc and cnonce (RFC 2617 3.2.2.1)', () => {
    const header = answerChallenge({ ...mufasa, response: challenged(407, [['Proxy-Authenticate', 'Digest realm="r", nonce="n"']]) })
    expect(header?.[0]).toBe('Proxy-Authorization')
    // md5(md5('Mufasa:r:Circle of Life') + ':n:' + md5('GET:/dir/index.html')), worked out apart from this code
    expect(answered(header, 'response')).toBe('0bab5c24c08a1ef94a6cc3d446ce558a')
    expect([answered(header, 'nc'), answered(header, 'cnonce'), answered(header, 'qop')]).toEqual([undefined, undefined, undefined])
  })

  it('leaves alone what it cannot answer: other schemes, algorithms, only auth-int, no nonce', () => {
    const values = [
      'Basic realm="r"',
      'Digest realm="r", nonce="n", algorithm=SHA-512-256',
      'Digest realm="r", nonce="n", qop="auth-int"',
      'Digest realm="r"',
      'Digest realm="r, nonce="n',
      '',
    ]
    for (const value of values) expect(answerChallenge({ ...mufasa, response: challenged(401, [['WWW-Authenticate', value]]) }), value).toBeUndefined()
  })
})

describe('parseAuthParameters', () => {
  it('reads tokens and quoted strings alike, with escapes and commas inside quotes (RFC 7235 2.1)', () => {
    const read = parseAuthParameters('DIGEST username="a \\"b\\", c" , Algorithm="MD5",qop=auth ,, nc=00000001,')
    expect(read?.scheme).toBe('digest')
    expect([...(read?.parameters ?? [])]).toEqual([
      ['username', 'a "b", c'],
      ['algorithm', 'MD5'],
      ['qop', 'auth'],
      ['nc', '00000001'],
    ])
  })

  it('takes no time over hostile spaces', () => {
    const spaces = ' '.repeat(60_000)
    // Of the processor: the machine may have other things to do.
    const before = process.threadCpuUsage()
    for (const text of [`Digest a=${spaces}"`, `Digest ${spaces}a${spaces}=`, `Digest${`${spaces},`.repeat(2)}"`]) parseAuthParameters(text)
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(200)
  })
})
