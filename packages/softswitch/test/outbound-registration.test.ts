import type { SipRequest } from '@dialtone/sip'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RawPhone } from './raw-phone.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft } from './talk.ts'

const INSTANCE = '"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"'

let rig: SwitchRig
let phones: RawPhone[] = []

beforeEach(async () => {
  rig = await SwitchRig.start()
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    for (const phone of phones) phone.close()
    phones = []
    await rig.stop()
  }
})

async function open(transport: 'udp' | 'tcp', name = 'alice-desk'): Promise<RawPhone> {
  const phone = await RawPhone[transport](name, rig.sipPort)
  phones.push(phone)
  return phone
}

const register = (phone: RawPhone, ...lines: readonly string[]) => phone.request({ method: 'REGISTER', lines })
/** The next INVITE, past the ACKs of what was refused. */
async function nextInvite(phone: RawPhone): Promise<SipRequest> {
  for (;;) {
    const request = await phone.nextRequest()
    if (request.method === 'INVITE') return request
  }
}

const isRegistered = () => rig.switch.isRegistered('alice-desk')
const outbound = (regId: number, contact = 'sip:alice@10.0.0.9;transport=tcp;ob') => [
  `Contact: <${contact}>;+sip.instance=${INSTANCE};reg-id=${regId}`,
  'Supported: path, outbound',
]

describe('outbound (RFC 5626)', () => {
  it('a flow is registered: Require: outbound, Flow-Timer, and the contact told with its instance and reg-id (6, 8)', async () => {
    const phone = await open('tcp')
    const answer = await register(phone, ...outbound(1))
    expect([answer.statusCode, answer.header('require'), answer.header('flow-timer')]).toEqual([200, 'outbound', '120'])
    expect(answer.header('contact')).toContain(`+sip.instance=${INSTANCE};reg-id=1`)
  })

  it('the binding ends with its connection, and one event tells so (4.2.2)', async () => {
    const phone = await open('tcp')
    await register(phone, ...outbound(1))
    expect(isRegistered()).toBe(true)
    phone.close()
    await vi.waitFor(() => expect(isRegistered()).toBe(false))
    expect(rig.registrations.map((change) => change.registered)).toEqual([true, false])
  })

  it('a second flow keeps the line; the end of a flow that was replaced ends nothing', async () => {
    const [first, second, third] = [await open('tcp'), await open('tcp'), await open('tcp')]
    await register(first, ...outbound(1))
    await register(second, ...outbound(2))
    expect(rig.switch.bindingsOf('alice-desk').length).toBe(2)
    await third.request({ method: 'REGISTER', callId: 'third', lines: outbound(1) })
    expect(rig.switch.bindingsOf('alice-desk').length).toBe(2)
    first.close()
    second.close()
    await vi.waitFor(() => expect(rig.switch.bindingsOf('alice-desk').map((binding) => binding.regId)).toEqual([1]))
    expect(rig.registrations.map((change) => change.registered)).toEqual([true])
  })

  it('behind a proxy that keeps no flows it is 439, and behind one that does it is taken (6)', async () => {
    const phone = await open('udp')
    const proxied = ['Via: SIP/2.0/TCP 10.0.0.9;branch=z9hG4bKphone', ...outbound(1)]
    const refused = await phone.request({ method: 'REGISTER', lines: proxied })
    expect([refused.statusCode, refused.reasonPhrase, isRegistered()]).toEqual([439, 'First Hop Lacks Outbound Support', false])
    const lacking = await phone.request({ method: 'REGISTER', lines: [...proxied, 'Path: <sip:127.0.0.1:5080;lr;ob>, <sip:edge.example;lr>'] })
    expect(lacking.statusCode).toBe(439)
    const taken = await phone.request({ method: 'REGISTER', lines: [...proxied, 'Path: <sip:127.0.0.1:5080;lr>, <sip:edge.example;lr;ob>'] })
    // How often the phone has to be heard is for the proxy to say, which keeps its flow (5.4).
    expect([taken.statusCode, taken.header('require'), taken.header('flow-timer')]).toEqual([200, 'outbound', undefined])
  })

  it.each([
    ['tcp', [], '120'],
    ['udp', [], undefined],
    ['tcp', ['Path: <sip:edge.example;lr;ob>'], undefined],
  ] as const)(
    'over %s with %j Flow-Timer is %s: over UDP the times of 4.4.2 hold, and behind a proxy it is the proxy that is kept (5.4, 8)',
    async (transport, path, expected) => {
      const answer = await register(await open(transport), ...outbound(1), ...path)
      expect([answer.statusCode, answer.header('require'), answer.header('flow-timer')]).toEqual([200, 'outbound', expected])
    },
  )

  it('a call to a device with two flows goes over the newer one, once, and over the other when that one fails (5.3)', async () => {
    const [first, second] = [await open('tcp'), await open('tcp')]
    await register(first, ...outbound(1))
    rig.time.advance(1000)
    await register(second, ...outbound(2))
    const bob = await rig.phone('bob-desk')
    const call = async (at: RawPhone, status: string): Promise<number> => {
      const caller = bob.call('2001', (await rig.ear()).description())
      at.respond(await nextInvite(at), status)
      return (await caller.saw('rejected')).statusCode
    }
    expect(await call(second, '486 Busy Here')).toBe(486)
    expect(first.requests).toEqual([])
    const caller = bob.call('2001', (await rig.ear()).description())
    second.respond(await nextInvite(second), '503 Service Unavailable')
    first.respond(await nextInvite(first), '486 Busy Here')
    expect((await caller.saw('rejected')).statusCode).toBe(486)
    await rig.closed(2)
  })

  it('430 from the way to the phone ends that flow, and the line with it when there is no other (11.5)', async () => {
    const phone = await open('tcp')
    await register(phone, ...outbound(1))
    const bob = await rig.phone('bob-desk')
    const caller = bob.call('2001', (await rig.ear()).description())
    phone.respond(await nextInvite(phone), '430 Flow Failed')
    await caller.saw('rejected')
    expect(isRegistered()).toBe(false)
    await rig.closed(1)
  })

  it.each([
    ['no instance', 'Contact: <sip:alice@10.0.0.9;transport=tcp>;reg-id=1', 'Supported: outbound'],
    ['no outbound in Supported', `Contact: <sip:alice@10.0.0.9;transport=tcp>;+sip.instance=${INSTANCE};reg-id=1`, 'Supported: path'],
    ['a reg-id of 0', `Contact: <sip:alice@10.0.0.9;transport=tcp>;+sip.instance=${INSTANCE};reg-id=0`, 'Supported: outbound'],
  ])('with %s reg-id means nothing', async (_what, ...lines) => {
    const answer = await register(await open('tcp'), ...lines)
    expect([answer.statusCode, answer.header('require'), rig.switch.bindingsOf('alice-desk')[0]?.regId]).toEqual([200, undefined, undefined])
  })
})

describe('Path (RFC 3327)', () => {
  it('is stored, told in the 200, and the route of calls to the phone (5.3)', async () => {
    const phone = await open('udp')
    const path = ['Path: <sip:127.0.0.1:%PORT%;lr>, <sip:edge.example;lr>', 'Path: <sip:third.example;lr>']
    const answer = await register(phone, 'Contact: <sip:alice@10.0.0.9>', 'Require: path', ...path.map((line) => line.replace('%PORT%', '5060')))
    const hops = ['<sip:127.0.0.1:5060;lr>', '<sip:edge.example;lr>', '<sip:third.example;lr>']
    expect([answer.statusCode, answer.headers('path')]).toEqual([200, hops])
    expect(rig.switch.bindingsOf('alice-desk')[0]).toMatchObject({ path: hops, receivedFrom: { address: '127.0.0.1', port: 5060 } })
  })

  it('calls go by it', async () => {
    const phone = await open('udp')
    const port = /127\.0\.0\.1:(\d+)/.exec((await register(phone, 'Contact: <sip:alice@10.0.0.9>')).header('via') ?? '')?.[1] ?? ''
    await register(phone, 'Contact: <sip:alice@10.0.0.9>', `Path: <sip:127.0.0.1:${port};lr>, <sip:edge.example;lr>`)
    const bob = await rig.phone('bob-desk')
    const caller = bob.call('2001', (await rig.ear()).description())
    const invite = await phone.nextRequest()
    expect([invite.method, invite.uriText, invite.headers('route')]).toEqual([
      'INVITE',
      'sip:alice@10.0.0.9',
      [`<sip:127.0.0.1:${port};lr>`, '<sip:edge.example;lr>'],
    ])
    phone.respond(invite, '486 Busy Here', [])
    await caller.saw('rejected')
    phone.requests.splice(0)
    await rig.closed(1)
  })

  it.each(['Path: sip:no.brackets.example;lr', 'Path: <tel:+18015550101>', 'Path: <nonsense>'])('%s: 400, and nothing changes', async (path) => {
    const answer = await register(await open('udp'), 'Contact: <sip:alice@10.0.0.9>', path)
    expect([answer.statusCode, isRegistered()]).toEqual([400, false])
  })
})

describe('REGISTER in every form (RFC 3261 10.3)', () => {
  it('* with Expires 0 removes all; with anything else it is 400 (step 6)', async () => {
    const phone = await open('udp')
    await register(phone, 'Contact: <sip:a@10.0.0.1>, <sip:b@10.0.0.2>;q=0.3')
    expect(rig.switch.bindingsOf('alice-desk').length).toBe(2)
    expect((await register(phone, 'Contact: *', 'Expires: 60')).statusCode).toBe(400)
    expect((await register(phone, 'Contact: *')).statusCode).toBe(400)
    expect(rig.switch.bindingsOf('alice-desk').length).toBe(2)
    const answer = await register(phone, 'Contact: *', 'Expires: 0')
    expect([answer.statusCode, answer.contacts.length, isRegistered()]).toEqual([200, 0, false])
  })

  it('without Contact lists what there is, and says what time it is (step 8, 20.17)', async () => {
    const phone = await open('udp')
    await register(phone, 'm: <sip:a@10.0.0.1>;expires=120', 'm: <sip:b@10.0.0.2>;q=0.3;expires=oops')
    const answer = await register(phone)
    expect(answer.headers('contact')).toEqual(['<sip:a@10.0.0.1>;expires=120', '<sip:b@10.0.0.2>;q=0.3;expires=3600'])
    expect(answer.header('date')).toBe(new Date(rig.time.nowMs()).toUTCString())
  })

  it('one contact too short among others: 423, and nothing changes (step 7)', async () => {
    const phone = await open('udp')
    await register(phone, 'Contact: <sip:a@10.0.0.1>')
    const answer = await register(phone, 'Contact: <sip:a@10.0.0.1>;expires=0, <sip:b@10.0.0.2>, <sip:c@10.0.0.3>;expires=5')
    expect([answer.statusCode, answer.header('min-expires')]).toEqual([423, '60'])
    expect(rig.switch.bindingsOf('alice-desk').map((binding) => binding.contactUri)).toEqual(['sip:a@10.0.0.1'])
  })

  it('Require of what we do not know: 420 with its name (step 2)', async () => {
    const phone = await open('udp')
    const answer = await register(phone, 'Contact: <sip:a@10.0.0.1>', 'Require: path, gruu')
    expect([answer.statusCode, answer.header('unsupported')]).toEqual([420, 'gruu'])
  })

  it('the domain of the Request-URI is of no importance (step 5)', async () => {
    const phone = await open('udp')
    const answer = await phone.request({ method: 'REGISTER', uri: 'sip:some.other.example', lines: ['Contact: <sip:a@10.0.0.1>'] })
    expect(answer.statusCode).toBe(200)
  })
})
