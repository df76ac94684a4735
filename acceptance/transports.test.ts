import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { hear } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { type PhoneTransport, type SipSocket } from './phones/sip-socket.ts'
import { statusOf, valueOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import type { SipLogin } from './tenant.ts'

const CHANGES_WITHIN_MS = 1000

let parties: TwoParties
const phones: ScriptedPhone[] = []
const programs: Baresip[] = []

beforeAll(async () => {
  parties = await makeTwoParties()
})
afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close()
  for (const program of programs.splice(0)) await program.stop()
})

const statusBecomes = (login: SipLogin, wanted: boolean) =>
  eventually(`registrationstatus ${wanted}`, CHANGES_WITHIN_MS, async () => ((await parties.account.isRegistered(login.lineId)) === wanted ? true : undefined))

async function open(login: SipLogin, transport: PhoneTransport): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(parties.server, login, { transport })
  phones.push(phone)
  return phone
}

async function baresip(login: SipLogin, toneHz: number): Promise<Baresip> {
  const phone = await Baresip.start(parties.server, login, { transport: 'tls', toneHz })
  programs.push(phone)
  return phone
}

describe.skipIf(isAbsent('baresip'))('baresip over TLS (RFC 3261 26.3.1)', () => {
  it('S4-42: registers and unregisters', async () => {
    const { login } = parties.caller
    const phone = await baresip(login, CALLER_HZ)
    await phone.registered()
    await statusBecomes(login, true)
    await phone.stop()
    await statusBecomes(login, false)
  })

  it('S0-61: calls another phone over TLS; both hear each other and the callee hangs up', async () => {
    const [caller, callee] = [await baresip(parties.caller.login, CALLER_HZ), await baresip(parties.callee.login, CALLEE_HZ)]
    await Promise.all([caller.registered(), callee.registered()])
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    await caller.saw('CALL_ESTABLISHED')
    await pause(1500)
    await callee.hangUp()
    await caller.saw('CALL_CLOSED')
    expect([await caller.toneHeard(TONES_HZ), await callee.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
  })
})

describe('SIP over WebSocket at /sip (RFC 7118)', () => {
  it('S4-42: registers, refreshes and unregisters; the binding goes with the socket (RFC 5626 4.2)', async () => {
    const { login } = parties.caller
    const phone = await open(login, 'ws')
    const registered = await phone.register()
    expect([statusOf(registered), valueOf(registered, 'contact')]).toEqual([200, expect.stringContaining('.invalid')])
    await statusBecomes(login, true)
    expect(statusOf(await phone.unregister())).toBe(200)
    await statusBecomes(login, false)
    await phone.register()
    await statusBecomes(login, true)
    phone.close()
    await statusBecomes(login, false)
  })

  it.each([
    ['ws', 'udp'],
    ['udp', 'ws'],
    ['tls', 'ws'],
    ['ws', 'tls'],
  ] as const)('a call from %s to %s: both hear each other, and BYE of the callee finds the caller', async (from, to) => {
    const [caller, callee] = [await open(parties.caller.login, from), await open(parties.callee.login, to)]
    await Promise.all([caller.register(), callee.register()])
    const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
    const ringing = await callee.nextCall()
    ringing.ring()
    await call.saw(180)
    await ringing.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await hear([call.media, CALLEE_HZ], [ringing.media, CALLER_HZ])
    expect(await ringing.hangUp()).toBe(200)
    await call.ended()
  })

  it('refuses a WebSocket that does not speak SIP, and one at another path', async () => {
    const opened = (path: string, protocol: string[]): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${(parties.server.httpUrl ?? '').replace(/^http/, 'ws')}${path}`, protocol)
        socket.addEventListener('open', () => resolve(true))
        socket.addEventListener('error', () => resolve(false))
      })
    expect([await opened('/sip', ['xmpp']), await opened('/sip', []), await opened('/other', ['sip'])]).toEqual([false, false, false])
  })
})

describe('what the TLS port refuses', () => {
  it('closes on garbage, on SIP in clear, and refuses TLS 1.1 (RFC 8996); others are served on', async () => {
    const { sipHost, sipTlsPort = 0 } = parties.server
    const closed = (bytes: string): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(sipTlsPort, sipHost, () => socket.write(bytes))
        socket.on('error', () => undefined)
        socket.resume()
        socket.on('close', () => resolve())
      })
    await closed('\x16\x03\x01\xff\xffgarbage'.repeat(20))
    await closed('OPTIONS sip:x@y SIP/2.0\r\n\r\n')
    const old = await new Promise<string>((resolve) => {
      const socket = connectTls({
        host: sipHost,
        port: sipTlsPort,
        rejectUnauthorized: false,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'ALL@SECLEVEL=0',
      })
      socket.once('secureConnect', () => resolve('connected'))
      socket.once('error', () => resolve('refused'))
    })
    expect(old).toBe('refused')
    const phone = await open(parties.caller.login, 'tls')
    expect(statusOf(await phone.register())).toBe(200)
  })
})

describe('a connection that sends SIP byte by byte', () => {
  it.each(['tcp', 'tls'] as const)('is understood over %s (RFC 3261 18.3)', async (transport) => {
    const phone = await open(parties.caller.login, transport)
    const whole = phone.socket.send.bind(phone.socket)
    const slow: SipSocket['send'] = (bytes) => {
      for (const byte of Buffer.from(bytes)) whole(Buffer.from([byte]))
    }
    Object.assign(phone.socket, { send: slow })
    expect(statusOf(await phone.register())).toBe(200)
  })
})
