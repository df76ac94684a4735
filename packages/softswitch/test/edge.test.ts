import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RawPhone } from './raw-phone.ts'
import { SwitchRig } from './switch-rig.ts'
import { peer, REALM } from './switch-tenants.ts'
import { expectNothingLeft } from './talk.ts'

let rig: SwitchRig
let phones: RawPhone[] = []

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    for (const phone of phones) phone.close()
    phones = []
    await rig.stop()
  }
})

async function open(name: string): Promise<RawPhone> {
  const phone = await RawPhone.udp(name, rig.sipPort)
  phones.push(phone)
  return phone
}

const CONTACT = 'Contact: <sip:x@127.0.0.1:9>'

describe('wrong passwords', () => {
  beforeEach(async () => {
    rig = await SwitchRig.start({ protection: { trustLoopback: false, failuresPerUser: 3, failuresPerSource: 5, windowMs: 60_000, banMs: 300_000 } })
  })

  const wrong = (phone: RawPhone) => phone.request({ method: 'REGISTER', lines: [CONTACT] }, 'wrong')

  it('ban the user at the address, not its neighbours, and not for ever', async () => {
    const [guesser, neighbour] = [await open('alice-desk'), await open('carol-desk')]
    for (let guess = 0; guess < 3; guess++) expect((await wrong(guesser)).statusCode).toBe(401)
    expect((await guesser.request({ method: 'REGISTER', lines: [CONTACT] })).statusCode).toBe(403)
    expect((await neighbour.request({ method: 'REGISTER', lines: [CONTACT] })).statusCode).toBe(200)
    // Nor is the address of a carrier a place to guess from.
    rig.directory.peers.push(peer('shares-the-address', guesser.port, false))
    expect((await guesser.request({ method: 'REGISTER', lines: [CONTACT] })).statusCode).toBe(403)
    rig.directory.peers.pop()
    rig.time.advance(300_000)
    expect((await guesser.request({ method: 'REGISTER', lines: [CONTACT] })).statusCode).toBe(200)
  })

  it('for many users silence the address; who is registered there is served all the same, and so is a carrier that is known there', async () => {
    const good = await open('carol-desk')
    expect((await good.request({ method: 'REGISTER', lines: [CONTACT] })).statusCode).toBe(200)
    for (const name of ['u1', 'u2', 'u3', 'u4', 'u5']) expect((await wrong(await open(name))).statusCode).toBe(401)
    const before = rig.stack.statistics.transactions
    const silenced = await open('u6')
    const asked = silenced.send({ method: 'REGISTER', lines: [CONTACT] })
    expect((await good.request({ method: 'REGISTER', lines: [CONTACT] })).statusCode).toBe(200)
    // One of the good phone, whose challenge took none; none of the other.
    expect(rig.stack.statistics.transactions - before).toBe(1)
    // Answers come in order: had there been one, a carrier's would not be the first.
    rig.directory.peers.push(peer('at-the-address', silenced.port, false))
    const known = silenced.send({ method: 'OPTIONS', uri: `sip:100@${REALM}`, lines: [CONTACT] })
    expect([(await silenced.finalOf(known)).statusCode, silenced.heard(asked)]).toEqual([200, false])
    rig.directory.peers.pop()
  })

  it('do not stand before a call for help with the right one', async () => {
    const guesser = await open('alice-desk')
    for (let guess = 0; guess < 3; guess++) await wrong(guesser)
    const caller = await rig.unregisteredPhone('alice-desk')
    const call = caller.call('911', (await rig.ear()).description())
    const help = await rig.psap.nextCall()
    help.invite.answer({ body: (await rig.ear()).description() })
    await call.saw('answered')
    call.leg.bye()
    await help.saw('bye')
    await rig.closed(1)
  })
})

it('wrong passwords from this machine itself ban nobody, unless it is said so: a proxy in front of us is there (trustLoopback)', async () => {
  rig = await SwitchRig.start({ protection: { failuresPerUser: 3, failuresPerSource: 5, windowMs: 60_000, banMs: 300_000 } })
  const phone = await open('alice-desk')
  for (let guess = 0; guess < 6; guess++) expect((await phone.request({ method: 'REGISTER', lines: [CONTACT] }, 'wrong')).statusCode).toBe(401)
  expect((await phone.request({ method: 'REGISTER', lines: [CONTACT] })).statusCode).toBe(200)
})

describe('scanners', () => {
  const scan = ['OPTIONS', 'INVITE', 'REGISTER'] as const

  it.each(['friendly-scanner', 'sipvicious', 'sipcli/v1.8'])('%s hears nothing, and no transaction is kept of it', async (userAgent) => {
    rig = await SwitchRig.start()
    const scanner = await open('100')
    const before = rig.stack.statistics.transactions
    const asked = scan.map((method) => scanner.send({ method, uri: `sip:100@${REALM}`, lines: [`User-Agent: ${userAgent}`, CONTACT] }))
    // Answers come in order: had there been one before, it would be here.
    const last = await scanner.finalOf(scanner.send({ method: 'OPTIONS', uri: `sip:100@${REALM}`, lines: [CONTACT] }))
    expect([last.statusCode, rig.stack.statistics.transactions - before]).toEqual([200, 0])
    expect(asked.filter((sequence) => scanner.heard(sequence))).toEqual([])
  })

  it('is answered like everybody when the operator wants it so', async () => {
    rig = await SwitchRig.start({ protection: { scanners: 'serve' } })
    const scanner = await open('100')
    const answer = await scanner.finalOf(scanner.send({ method: 'REGISTER', lines: ['User-Agent: friendly-scanner', CONTACT] }))
    expect(answer.statusCode).toBe(401)
  })

  it('OPTIONS tells nothing of users: the answer for one that exists is that for one that does not (RFC 3261 11.2)', async () => {
    rig = await SwitchRig.start()
    const scanner = await open('100')
    const told = async (user: string): Promise<unknown> => {
      const answer = await scanner.finalOf(scanner.send({ method: 'OPTIONS', uri: `sip:${user}@${REALM}`, lines: [CONTACT] }))
      return answer.allHeaders().filter(([name]) => !['Via', 'To', 'CSeq'].includes(name))
    }
    expect(await told('alice-desk')).toEqual(await told('nobody-xx'))
  })
})

describe('what is not for us', () => {
  beforeEach(async () => {
    rig = await SwitchRig.start()
  })

  it.each([
    ['MESSAGE', 405],
    ['PUBLISH', 405],
    ['REFER', 403],
  ])('%s out of a dialog: %i, with what we allow', async (method, statusCode) => {
    const phone = await open('alice-desk')
    const answer = await phone.finalOf(phone.send({ method, uri: `sip:2003@${REALM}`, lines: [CONTACT, 'Event: presence', 'Refer-To: <sip:900@x>'] }))
    expect(answer.statusCode).toBe(statusCode)
    if (statusCode === 405) expect(answer.header('allow')).toContain('INVITE')
  })

  it.each([
    [`sip:2003@some.other.example`, 'the domain is of no importance'],
    [`sip:2003@${REALM};user=phone`, 'user=phone'],
    [`sips:2003@${REALM}`, 'sips'],
    ['tel:2003;phone-context=example.com', 'tel'],
  ])('INVITE %s reaches extension 2003: %s (RFC 3261 19.1, RFC 3966)', async (uri) => {
    const carol = await rig.phone('carol-desk')
    const alice = await open('alice-desk')
    const body = (await rig.ear()).description()
    const answer = alice.request({ method: 'INVITE', uri, lines: [CONTACT, 'To: <sip:someone-else@elsewhere.example>'], body })
    const ringing = await carol.nextCall()
    ringing.invite.reject(486)
    expect((await answer).statusCode).toBe(486)
    await rig.closed(1)
  })

  it('INVITE of an unknown scheme: 416 (RFC 3261 8.2.2.1)', async () => {
    const alice = await open('alice-desk')
    const answer = await alice.finalOf(alice.send({ method: 'INVITE', uri: 'mailto:carol@example.com', lines: [CONTACT] }))
    expect(answer.statusCode).toBe(416)
  })
})
