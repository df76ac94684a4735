import type { CarrierVerdict } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import type { CarrierNumberRules, CarrierPeer } from '../ports/switch-directory.ts'
import { planCarrierLeg } from './plan-carrier-leg.ts'

const CALLER = { number: '18015550101', name: 'Alice', anonymous: false }
const DECISION: CarrierVerdict = {
  kind: 'carrier',
  carrierIds: ['own'],
  number: '16075550123',
  caller: CALLER,
  category: 'OffNet',
  diversion: undefined,
}

function plan(numberRules: CarrierNumberRules, changes: Partial<CarrierVerdict> = {}) {
  const peer: CarrierPeer = {
    id: 'own', name: 'Own', partitionId: 'p', address: '192.0.2.10', port: 5070, transport: 'udp', emergency: false, numberRules,
    callerId: { number: '18015550100', name: 'Front desk' },
  } // prettier-ignore
  return planCarrierLeg({ ...DECISION, ...changes }, peer, { publicAddress: 'host', maxForwards: 70 })
}

const NATIONAL = [{ prefix: '+1', strip: 2, prepend: '' }]

describe('the INVITE to a carrier', () => {
  it('has E.164 with a plus where no rule is for a number', () => {
    const leg = plan({ outboundCalled: [{ prefix: '+44', strip: 3, prepend: '0' }] })
    expect([leg.requestUri, leg.from]).toEqual(['sip:+16075550123@192.0.2.10:5070', '"Alice" <sip:+18015550101@host>'])
  })

  it('has both numbers exactly as the rules write them: ten digits stay ten digits (S0-58)', () => {
    const leg = plan({ outboundCalled: NATIONAL, outboundCaller: NATIONAL })
    expect([leg.requestUri, leg.from]).toEqual(['sip:6075550123@192.0.2.10:5070', '"Alice" <sip:8015550101@host>'])
    expect(leg.headers).toContainEqual(['P-Asserted-Identity', '"Alice" <sip:8015550101@host>'])
  })

  it('who hides is asserted by the rules as well, and who has no number is the carrier’s own', () => {
    const hidden = plan({ outboundCaller: NATIONAL }, { caller: { ...CALLER, anonymous: true } })
    expect(hidden.from).toContain('anonymous.invalid')
    expect(hidden.headers).toContainEqual(['P-Asserted-Identity', '"Alice" <sip:8015550101@host>'])
    const numberless = plan({ outboundCaller: NATIONAL }, { caller: { number: '', name: '', anonymous: false } })
    expect(numberless.from).toBe('"Front desk" <sip:8015550100@host>')
  })

  it('names each place of the carrier where it is sent there: a second one would send a call for the first one back to it', () => {
    const targets = [{ id: 'a', address: '192.0.2.10', port: 5060 }, { id: 'b', address: '2001:db8::2', port: 5070 }] // prettier-ignore
    const peer: CarrierPeer = { id: 'own', name: 'Own', partitionId: 'p', address: '192.0.2.10', port: 5060, transport: 'udp', emergency: false, targets }
    const { requestUri, alternatives } = planCarrierLeg(DECISION, peer, { publicAddress: 'host', maxForwards: 70 })
    expect([requestUri, ...(alternatives ?? []).map(({ uri }) => uri)]).toEqual(['sip:+16075550123@192.0.2.10:5060', 'sip:+16075550123@[2001:db8::2]:5070'])
  })

  it('goes over TLS to who shows the certificate of its name, whatever its address (RFC 5922 7.1)', () => {
    const peer: CarrierPeer = { id: 'own', name: 'Own', partitionId: 'p', address: '192.0.2.10', port: 5061, transport: 'tls', serverName: 'sip.carrier.example', emergency: false } // prettier-ignore
    const needs = { publicAddress: 'host', maxForwards: 70 }
    expect(planCarrierLeg(DECISION, peer, needs).to).toEqual({ transport: 'tls', address: '192.0.2.10', port: 5061, serverName: 'sip.carrier.example' })
    expect(planCarrierLeg(DECISION, { ...peer, transport: 'tcp' }, needs).to).not.toHaveProperty('serverName')
  })
})
