import { describe, expect, it } from 'vitest'
import { createRequest, createResponse, type Header, type SipRequest } from '../message/index.ts'
import { acknowledges, clientTransactionKey, clientTransactionKeyOf, mergeKey, serverTransactionKey, statelessTag } from './transaction-key.ts'

interface Parts {
  readonly method?: string
  readonly uri?: string
  readonly via?: string
  readonly from?: string
  readonly to?: string
  readonly callId?: string
  readonly cseq?: string
}

const BRANCH = 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnashds8'
const OLD_VIA = 'SIP/2.0/UDP 192.0.2.1'

function request(parts: Parts): SipRequest {
  const { method = 'INVITE' } = parts
  const headers: Header[] = [
    ['Via', parts.via ?? BRANCH],
    ['From', parts.from ?? '<sip:alice@example.com>;tag=a1'],
    ['To', parts.to ?? '<sip:bob@example.com>'],
    ['Call-ID', parts.callId ?? 'c1'],
    ['CSeq', parts.cseq ?? `7 ${method}`],
  ]
  return createRequest({ method, uri: parts.uri ?? 'sip:bob@example.com', headers })
}

describe('server transaction key (RFC 3261 17.2.3)', () => {
  it('is the branch, the sent-by and the method', () => {
    const key = serverTransactionKey(request({}))
    expect(serverTransactionKey(request({ callId: 'another', uri: 'sip:other@example.com' }))).toBe(key)
    expect(serverTransactionKey(request({ via: 'SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKnashds8' }))).not.toBe(key)
    expect(serverTransactionKey(request({ via: 'SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKnashds8' }))).not.toBe(key)
    expect(serverTransactionKey(request({ method: 'BYE' }))).not.toBe(key)
  })

  it('gives ACK the key of its INVITE and CANCEL one of its own', () => {
    const key = serverTransactionKey(request({}))
    expect(serverTransactionKey(request({ method: 'ACK' }))).toBe(key)
    const cancel = request({ method: 'CANCEL' })
    expect(serverTransactionKey(cancel)).not.toBe(key)
    expect(serverTransactionKey(cancel, 'INVITE')).toBe(key)
  })

  it.each([
    ['no branch', OLD_VIA],
    ['the bare cookie (RFC 4475 3.2.1)', `${OLD_VIA};branch=z9hG4bK`],
    ['a branch of RFC 2543', `${OLD_VIA};branch=1`],
  ])('compares the whole request when there is %s', (_, via) => {
    const key = serverTransactionKey(request({ via }))
    expect(serverTransactionKey(request({ via }))).toBe(key)
    for (const other of [{ callId: 'c2' }, { uri: 'sip:carol@example.com' }, { cseq: '8 INVITE' }, { from: '<sip:alice@example.com>;tag=a2' }]) {
      expect(serverTransactionKey(request({ via, ...other }))).not.toBe(key)
    }
    // The To tag of the ACK is the one of our response, which the INVITE did not have.
    expect(serverTransactionKey(request({ via, method: 'ACK', to: '<sip:bob@example.com>;tag=b', cseq: '7 ACK' }))).toBe(key)
  })

  it('takes an ACK of RFC 2543 only with the tag of our response', () => {
    const ack = request({ via: OLD_VIA, method: 'ACK', to: '<sip:bob@example.com>;tag=b' })
    expect(acknowledges(ack, 'b')).toBe(true)
    expect(acknowledges(ack, 'c')).toBe(false)
    expect(acknowledges(request({ method: 'ACK' }), 'c')).toBe(true)
  })
})

describe('client transaction key (RFC 3261 17.1.3)', () => {
  it('is the branch of the top Via and the method in CSeq', () => {
    const response = createResponse(request({ method: 'CANCEL' }), 200)
    expect(clientTransactionKeyOf(response)).toBe(clientTransactionKey('z9hG4bKnashds8', 'CANCEL'))
    expect(clientTransactionKeyOf(createResponse(request({}), 200))).toBe(clientTransactionKey('z9hG4bKnashds8', 'INVITE'))
    expect(clientTransactionKeyOf(createResponse(request({ via: OLD_VIA }), 200))).toBeUndefined()
  })
})

describe('merge key (RFC 3261 8.2.2.2)', () => {
  it('is shared by copies that came different ways', () => {
    const copy = request({ via: 'SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKother' })
    expect(mergeKey(copy)).toBe(mergeKey(request({})))
    expect(mergeKey(request({ cseq: '8 INVITE' }))).not.toBe(mergeKey(request({})))
  })

  it('does not exist inside dialogs nor without a From tag', () => {
    expect(mergeKey(request({ to: '<sip:bob@example.com>;tag=b' }))).toBeUndefined()
    expect(mergeKey(request({ from: '<sip:alice@example.com>' }))).toBeUndefined()
  })
})

describe('stateless tag (RFC 3261 8.2.7)', () => {
  it('is the same for every copy of a request and differs between requests and stacks', () => {
    expect(statelessTag(request({}), 's')).toBe(statelessTag(request({}), 's'))
    expect(statelessTag(request({ callId: 'c2' }), 's')).not.toBe(statelessTag(request({}), 's'))
    expect(statelessTag(request({}), 't')).not.toBe(statelessTag(request({}), 's'))
  })
})
