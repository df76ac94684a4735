import { parseMessage, type SipRequest } from '@dialtone/sip'
import type { CarrierPeer } from '@dialtone/softswitch'
import { describe, expect, it } from 'vitest'
import { accountOf, lineOf, numberOf, plainTenants } from '../../test/plain-tenants.ts'
import { accountKey } from './account-key.ts'

const carrier: CarrierPeer = {
  ...{ id: 'c', name: 'C', partitionId: undefined, address: '192.0.2.1', port: 5060, transport: 'udp', emergency: false },
  contactUser: 'dt-not-to-be-guessed',
  numberRules: { inboundCalled: [{ prefix: '00', strip: 2, prepend: '+' }] },
}

const tenants = plainTenants(3)
tenants.useCarriers([carrier])

function invite({ uri, to = uri, from }: { readonly uri: string; readonly to?: string; readonly from: string }): SipRequest {
  const lines = [
    `INVITE sip:${uri}@192.0.2.9 SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
    'Max-Forwards: 70',
    `From: <sip:${from}@192.0.2.1>;tag=1`,
    `To: <sip:${to}@192.0.2.9>`,
    'Call-ID: 1',
    'CSeq: 1 INVITE',
    'Content-Length: 0',
  ]
  const parsed = parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`))
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('not a request')
  return parsed.value
}

describe('the account whose worker takes a request', () => {
  it.each([
    ['of the line that calls', { uri: numberOf(1, 1), from: lineOf(2, 1) }, accountOf(2)],
    ['of the number a carrier calls, whoever of ours it says is calling', { uri: `+${numberOf(1, 1)}`, from: numberOf(2, 1) }, accountOf(1)],
    ['of the number as the carrier writes it', { uri: `00${numberOf(1, 2)}`, from: '12125550100' }, accountOf(1)],
    [
      'of the number in To, when it is our Contact that is called',
      { uri: 'dt-not-to-be-guessed', to: `00${numberOf(1, 2)}`, from: numberOf(2, 1) },
      accountOf(1),
    ],
    ['of the number a PBX shows', { uri: '12125550100', from: numberOf(2, 1) }, accountOf(2)],
    ['nobody of ours', { uri: '12125550100', from: '12125550101' }, undefined],
  ])('%s', (_what, call, account) => {
    expect(accountKey(tenants, invite(call))).toBe(account)
  })
})
