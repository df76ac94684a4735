import { ManualTime } from '@dialtone/foundation'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CarrierHealth, DEFAULT_CARRIER_LIMITS } from '../src/trunks/carrier-health.ts'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER } from './switch-tenants.ts'
import { expectNothingLeft } from './talk.ts'
import type { HeardInvite, TestPhone } from './test-phone.ts'

describe('CarrierHealth', () => {
  function setUp() {
    const time = new ManualTime()
    const told: string[] = []
    const health = new CarrierHealth(time, DEFAULT_CARRIER_LIMITS, (change) => void told.push(change.health))
    const fail = (times: number) => Array.from({ length: times }).forEach(() => health.callFailed('c', 503))
    return { time, told, health, fail, now: () => health.stateOf('c', 0).health }
  }

  it('rests after three failed calls in a row, and after the rest one more failure is enough', () => {
    const { time, told, fail, now } = setUp()
    fail(2)
    expect(now()).toBe('up')
    fail(1)
    expect(now()).toBe('held-down')
    time.advance(30_000)
    expect(now()).toBe('up')
    fail(1)
    expect([now(), told]).toEqual(['held-down', ['held-down']])
  })

  it('counts the calls a second of all switches together, and takes back what is over', () => {
    const time = new ManualTime()
    const counts = [new Map<string, number>(), new Map<string, number>()]
    const [one, other] = counts.map((own, place) => {
      const count = (id: string, change: 1 | -1) => void own.set(id, (own.get(id) ?? 0) + change)
      const callsElsewhere = (id: string) => counts[1 - place]?.get(id) ?? 0
      return new CarrierHealth(time, DEFAULT_CARRIER_LIMITS, () => undefined, { count, callsElsewhere })
    })
    if (one === undefined || other === undefined) throw new Error('two were made')
    const rates = () => [one, other].map((health) => health.stateOf('c', 0).callsInLastSecond)
    for (const health of [one, one, other]) health.callBegan('c')
    expect(rates()).toEqual([3, 3])
    time.advance(1_000)
    expect(rates()).toEqual([0, 0])
    one.callBegan('c')
    expect([rates(), [...(counts[0]?.values() ?? [])]]).toEqual([[1, 1], [0, 1]]) // prettier-ignore
  })

  it('a call that works in between begins the count again', () => {
    const { health, told, fail, now } = setUp()
    fail(2)
    health.callWorked('c')
    fail(2)
    expect([now(), told]).toEqual(['up', []])
  })

  it('is told to be back when a call works after the rest', () => {
    const { time, told, health, fail } = setUp()
    fail(3)
    time.advance(30_000)
    health.callWorked('c')
    expect(told).toEqual(['held-down', 'up'])
  })

  it('two OPTIONS without an answer and it is down, one with an answer and it is back', () => {
    const { told, health, now } = setUp()
    health.optionsMissed('c')
    expect(now()).toBe('up')
    health.optionsMissed('c')
    expect(now()).toBe('down')
    health.optionsAnswered('c')
    expect([now(), told]).toEqual(['up', ['down', 'up']])
  })

  it('counts the calls of a second', () => {
    const { time, health } = setUp()
    health.callBegan('c')
    health.callBegan('c')
    expect(health.stateOf('c', 7)).toEqual({ health: 'up', activeCalls: 7, callsInLastSecond: 2 })
    time.advance(1_000)
    expect(health.stateOf('c', 7).callsInLastSecond).toBe(0)
  })
})

describe('carriers of the switch', () => {
  let rig: SwitchRig
  let alice: TestPhone

  beforeEach(async () => {
    rig = await SwitchRig.start()
    alice = await rig.phone('alice-desk')
  })

  afterEach(async () => {
    try {
      await expectNothingLeft(rig)
    } finally {
      await rig.stop()
    }
  })

  const dial = async () => alice.call('6075550123', (await rig.ear()).description())

  /** The call is refused there, and by the last one for good. */
  async function refuse(arrived: HeardInvite, statusCode: number, reason?: string): Promise<void> {
    arrived.invite.reject(statusCode, { headers: reason === undefined ? [] : [['Reason', reason]] })
    await arrived.saw('acknowledged').catch(() => undefined)
  }

  it('a carrier that fails three calls is passed over, asked by OPTIONS after its rest, and used again', async () => {
    for (let round = 0; round < 3; round++) {
      const call = await dial()
      void refuse(await rig.pstn.nextCall(), 503)
      void refuse(await rig.backup.nextCall(), 486)
      await call.saw('rejected')
    }
    expect(rig.carrierChanges).toMatchObject([{ carrierId: 'pstn', health: 'held-down', reason: expect.stringContaining('503') as string }])
    const passed = await dial()
    void refuse(await rig.backup.nextCall(), 486)
    await passed.saw('rejected')
    expect(rig.pstn.invites.length).toBe(3)
    // The rest is over: OPTIONS asks, and the carrier answers, whatever it says.
    rig.time.advance(31_000)
    await vi.waitFor(() => expect(rig.carrierChanges.at(-1)).toMatchObject({ carrierId: 'pstn', health: 'up' }))
    const again = await dial()
    void refuse(await rig.pstn.nextCall(), 486)
    expect((await again.saw('rejected')).statusCode).toBe(486)
    await rig.closed(5)
  })

  it('404 with a cause of the network goes on to the next carrier, 503 with busy does not (RFC 3326)', async () => {
    const lost = await dial()
    void refuse(await rig.pstn.nextCall(), 404, 'Q.850;cause=3;text="No route to destination"')
    void refuse(await rig.backup.nextCall(), 486)
    expect((await lost.saw('rejected')).statusCode).toBe(486)
    const busy = await dial()
    void refuse(await rig.pstn.nextCall(), 503, 'Q.850 ;cause=17 ;text="User busy"')
    expect((await busy.saw('rejected')).statusCode).toBe(486)
    expect(rig.backup.invites.length).toBe(1)
    await rig.closed(2)
  })

  it('a full carrier leaves the call to the next one, and help goes to it all the same', async () => {
    const account = rig.directory.snapshots.get('account-1')
    if (account === undefined) throw new Error('no account')
    const carriers = account.carriers.map((carrier) => (carrier.id === 'pstn' ? { ...carrier, maxConcurrentCalls: 1 } : carrier))
    rig.directory.snapshots.set('account-1', { ...account, carriers, emergencyCarrierIds: ['pstn'] })
    const first = await dial()
    const ringing = await rig.pstn.nextCall()
    const second = await dial()
    void refuse(await rig.backup.nextCall(), 486)
    await second.saw('rejected')
    const help = alice.call('911', (await rig.ear()).description())
    const psap = await rig.pstn.nextCall()
    expect(psap.invite.request.uriText).toContain('sip:911@')
    help.cancel()
    await psap.saw('cancelled')
    void refuse(ringing, 486)
    await first.saw('rejected')
    await rig.closed(3)
  })

  it('a carrier that challenges gets our digest, and one that wants it our registration (RFC 3261 10.2, 22.3)', async () => {
    const index = rig.directory.peers.findIndex((peer) => peer.id === 'pstn')
    const pstn = rig.directory.peers[index]
    if (pstn === undefined) throw new Error('no carrier')
    const registered = new Promise<string>((resolve) => {
      rig.pstn.stack.onRequest('REGISTER', (request) => {
        const answer = request.request.header('authorization')
        if (answer === undefined) return request.respond(401, { headers: [['WWW-Authenticate', 'Digest realm="carrier", nonce="n0"']] })
        request.respond(200, { headers: [['Contact', request.request.header('contact') ?? ''], ['Expires', '3600']] }) // prettier-ignore
        return resolve(`${request.request.uriText} ${answer}`)
      })
    })
    rig.directory.peers[index] = { ...pstn, credentials: { username: 'acme', password: 'secret' }, registrarDomain: 'carrier.example' }
    rig.time.advance(1_000)
    expect(await registered).toMatch(/^sip:carrier.example Digest .*username="acme"/)
    const call = await dial()
    const first = await rig.pstn.nextCall()
    first.invite.reject(407, { headers: [['Proxy-Authenticate', 'Digest realm="carrier", nonce="n1"']] })
    const second = await rig.pstn.nextCall()
    expect(second.invite.request.header('proxy-authorization')).toMatch(/username="acme", realm="carrier"/)
    expect(JSON.stringify(rig.records)).not.toContain('secret')
    void refuse(second, 486)
    await call.saw('rejected')
    await rig.closed(1)
  })

  it.each([
    ['bob@mail.example', '2001:db8::5', 'sip:[2001:db8::5]', '<sip:bob%40mail.example@[2001:db8::5]>'],
    ['a "b" <c>', 'carrier.example', 'sip:carrier.example', '<sip:a%20%22b%22%20%3Cc%3E@carrier.example>'],
  ])('whoever registers as %s at %s is one user of one place (RFC 3261 25.1)', async (username, registrarDomain, place, whom) => {
    const index = rig.directory.peers.findIndex((peer) => peer.id === 'pstn')
    const pstn = rig.directory.peers[index]
    if (pstn === undefined) throw new Error('no carrier')
    const registered = new Promise<readonly (string | undefined)[]>((resolve) => {
      rig.pstn.stack.onRequest('REGISTER', (incoming) => {
        const { request } = incoming
        incoming.respond(200)
        resolve([request.uriText, ...['to', 'from'].map((name) => request.header(name)?.replace(/;tag=.*/, ''))])
      })
    })
    rig.directory.peers[index] = { ...pstn, credentials: { username, password: 'secret' }, registrarDomain }
    rig.time.advance(1_000)
    expect(await registered).toEqual([place, whom, whom])
  })

  it('why a place cannot be reached is told of its probes and of our registration there', async () => {
    const index = rig.directory.peers.findIndex((peer) => peer.id === 'pstn')
    const pstn = rig.directory.peers[index]
    if (pstn === undefined) throw new Error('no carrier')
    const registering = { credentials: { username: 'acme', password: 'secret' }, registrarDomain: 'carrier.example' }
    // Nobody listens at the port of an UDP socket over TCP.
    rig.directory.peers[index] = { ...pstn, ...registering, transport: 'tcp', port: (await rig.ear()).port, keepAliveSeconds: 10 }
    rig.time.advance(1_000)
    await vi.waitFor(() => expect([rig.probes.length, rig.carrierRegistrations.length]).toEqual([1, 1]))
    expect(rig.probes[0]?.reason).toMatch(/^it cannot be reached: connect ECONNREFUSED/)
    expect(rig.carrierRegistrations[0]).toMatchObject({ state: 'failed', statusCode: 503, reason: rig.probes[0]?.reason })
  })

  it('a name that comes to lead to more places, or to them in another order, leaves our registration where it is; one that leads elsewhere moves it', async () => {
    const index = rig.directory.peers.findIndex((peer) => peer.id === 'pstn')
    const pstn = rig.directory.peers[index]
    if (pstn === undefined) throw new Error('no carrier')
    const heard: string[] = []
    for (const place of [rig.pstn, rig.backup])
      place.stack.onRequest('REGISTER', (incoming) => {
        heard.push(`${place.name} ${incoming.request.header('expires')}`)
        incoming.respond(200)
      })
    const leadsTo = async (...places: readonly TestPhone[]) => {
      const targets = places.map(({ port }, place) => ({ id: place === 0 ? 'pstn' : `pstn-${place}`, address: '127.0.0.1', port }))
      const port = targets[0]?.port ?? 0
      rig.directory.peers[index] = { ...pstn, port, targets, credentials: { username: 'acme', password: 'secret' }, registrarDomain: 'carrier.example' }
      rig.time.advance(1_000)
      // What was sent before this is answered has come.
      const to = { transport: 'udp', address: '127.0.0.1', port: rig.sipPort } as const
      for (const { stack } of [rig.pstn, rig.backup])
        await stack.request({ method: 'OPTIONS', uri: 'sip:127.0.0.1', to, headers: [['From', '<sip:pstn@127.0.0.1>'], ['To', '<sip:127.0.0.1>']] }) // prettier-ignore
    }
    await leadsTo(rig.pstn)
    await vi.waitFor(() => expect(rig.carrierRegistrations.length).toBe(1))
    await leadsTo(rig.pstn, rig.backup)
    await leadsTo(rig.backup, rig.pstn)
    await leadsTo(rig.backup, rig.pstn)
    expect(heard).toEqual(['pstn 3600'])
    await leadsTo(rig.backup)
    await vi.waitFor(() => {
      rig.time.advance(1_000)
      expect(heard).toEqual(['pstn 3600', 'pstn 0', 'backup 3600'])
    })
  })

  it('a registrar that sends us on is followed to another place of its carrier, each once, and nowhere else (RFC 3261 8.1.3.4, 21.3)', async () => {
    const index = rig.directory.peers.findIndex((peer) => peer.id === 'pstn')
    const pstn = rig.directory.peers[index]
    if (pstn === undefined) throw new Error('no carrier')
    const heard: string[] = []
    const sendsTo = new Map([
      [rig.pstn, `<sip:us@127.0.0.1:${rig.psap.port}>, <sip:us@127.0.0.1:${rig.backup.port}>`],
      [rig.backup, `<sip:us@127.0.0.1:${rig.pstn.port}>`],
    ])
    for (const place of [rig.pstn, rig.backup, rig.psap])
      place.stack.onRequest('REGISTER', (incoming) => {
        heard.push(place.name)
        incoming.respond(302, { headers: [['Contact', sendsTo.get(place) ?? '']] })
      })
    const targets = [rig.pstn, rig.backup].map(({ name, port }) => ({ id: name, address: '127.0.0.1', port }))
    rig.directory.peers[index] = { ...pstn, targets, credentials: { username: 'acme', password: 'secret' }, registrarDomain: 'carrier.example' }
    rig.time.advance(1_000)
    await vi.waitFor(() => expect(rig.carrierRegistrations.length).toBe(2))
    expect(heard).toEqual(['pstn', 'backup'])
    const told = rig.carrierRegistrations.map(({ gatewayId, statusCode, reason }) => [gatewayId, statusCode, reason])
    expect(told).toEqual([
      ['pstn', 302, `it sends us to sip:us@127.0.0.1:${rig.psap.port}, sip:us@127.0.0.1:${rig.backup.port}`],
      ['backup', 302, `it sends us to sip:us@127.0.0.1:${rig.pstn.port}`],
    ])
  })

  it('a switch that stops is gone when the carrier has let go of its registration: that takes two requests, and callers would go on being sent here', async () => {
    const index = rig.directory.peers.findIndex((peer) => peer.id === 'pstn')
    const pstn = rig.directory.peers[index]
    if (pstn === undefined) throw new Error('no carrier')
    const heard: string[] = []
    rig.pstn.stack.onRequest('REGISTER', (incoming) => {
      const isProven = incoming.request.header('authorization') !== undefined
      heard.push(`${incoming.request.header('expires')} ${isProven ? 'with' : 'without'} digest`)
      incoming.respond(isProven ? 200 : 401, isProven ? {} : { headers: [['WWW-Authenticate', 'Digest realm="carrier", nonce="n0"']] })
    })
    rig.directory.peers[index] = { ...pstn, credentials: { username: 'acme', password: 'secret' }, registrarDomain: 'carrier.example' }
    rig.time.advance(1_000)
    await vi.waitFor(() => expect(heard.length).toBe(2))
    // Nobody moves its clock: it ends by the answers alone.
    await rig.switch.stop()
    expect(heard).toEqual(['3600 without digest', '3600 with digest', '0 without digest', '0 with digest'])
  })

  it('with a new password we register again when the carrier has let go of the old registration: a removal that is late would take the new one away', async () => {
    const index = rig.directory.peers.findIndex((peer) => peer.id === 'pstn')
    const pstn = rig.directory.peers[index]
    if (pstn === undefined) throw new Error('no carrier')
    const heard: string[] = []
    let letGo: (() => void) | undefined
    rig.pstn.stack.onRequest('REGISTER', (request) => {
      const expires = request.request.header('expires') ?? ''
      heard.push(`${request.request.header('from')?.includes('sip:new@') === true ? 'new' : 'old'} ${expires}`)
      if (expires !== '0') return request.respond(200)
      letGo = () => {
        heard.push('let go')
        request.respond(200)
      }
    })
    const settings = { ...pstn, registrarDomain: 'carrier.example' }
    rig.directory.peers[index] = { ...settings, credentials: { username: 'old', password: 'secret' } }
    rig.time.advance(1_000)
    await vi.waitFor(() => expect(heard).toEqual(['old 3600']))
    rig.directory.peers[index] = { ...settings, credentials: { username: 'new', password: 'secret' } }
    rig.time.advance(1_000)
    await vi.waitFor(() => expect(letGo).toBeDefined())
    // What was sent before this is answered has come.
    const to = { transport: 'udp', address: '127.0.0.1', port: rig.sipPort } as const
    await rig.pstn.stack.request({ method: 'OPTIONS', uri: 'sip:127.0.0.1', to, headers: [['From', '<sip:pstn@127.0.0.1>'], ['To', '<sip:127.0.0.1>']] }) // prettier-ignore
    letGo?.()
    await vi.waitFor(() => {
      rig.time.advance(1_000)
      expect(heard).toEqual(['old 3600', 'old 0', 'let go', 'new 3600'])
    })
  })

  it('a carrier of one account brings no calls to another one, and two tenants may have one at the same address (S0-58)', async () => {
    const index = rig.directory.peers.findIndex((peer) => peer.id === 'pstn')
    const pstn = rig.directory.peers[index]
    if (pstn === undefined) throw new Error('no carrier')
    rig.directory.peers[index] = { ...pstn, partitionId: 'partition-1', accountId: 'account-2' }
    expect((await rig.pstn.callIn(ALICE_NUMBER, (await rig.ear()).description(), []).saw('rejected')).statusCode).toBe(404)
    rig.directory.peers.push({ ...pstn, id: 'own', partitionId: 'partition-1', accountId: 'account-1' })
    const call = rig.pstn.callIn(ALICE_NUMBER, (await rig.ear()).description(), [])
    void refuse(await alice.nextCall(), 486)
    await call.saw('rejected')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ carrierId: 'own', accountId: 'account-1' })
  })
})
