import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { answerDigest } from './phones/digest-answer.ts'
import { freePorts } from './phones/free-ports.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { runSipp, sippLogin } from './phones/sipp.ts'
import { statusOf, valueOf, valuesOf } from './phones/sip-text.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import type { SipLogin } from './tenant.ts'

const CHANGES_WITHIN_MS = 1000

let parties: TwoParties
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  parties = await makeTwoParties()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

const statusBecomes = (login: SipLogin, wanted: boolean) =>
  eventually(`registrationstatus ${wanted}`, CHANGES_WITHIN_MS, async () => ((await parties.account.isRegistered(login.lineId)) === wanted ? true : undefined))

async function open(...options: Parameters<typeof ScriptedPhone.open>): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(...options)
  phones.push(phone)
  return phone
}

describe.skipIf(isAbsent('baresip'))('baresip', () => {
  it.each(['udp', 'tcp'] as const)('S0-61 S4-42: registers over %s; registrationstatus follows within a second, both ways', async (transport) => {
    const { login } = parties.caller
    const phone = await Baresip.start(parties.server, login, { transport, toneHz: 440 })
    await phone.registered()
    await statusBecomes(login, true)
    await phone.stop()
    await statusBecomes(login, false)
  })
})

describe.skipIf(isAbsent('sipp'))('sipp', () => {
  it.each(['udp', 'tcp'] as const)('S4-42: registers over %s with MD5 digest and unregisters', async (transport) => {
    const { login } = parties.callee
    const port = await freePorts(4)
    const contact = `${parties.server.sipHost}:${port}`
    const register = (expires: string, from: number) =>
      runSipp(parties.server, {
        scenario: 'register',
        port: from,
        transport,
        fields: [login.sipUsername, 'dialtone.local', contact, expires, sippLogin(login)],
      }).success()
    await register('120', port)
    await statusBecomes(login, true)
    await register('0', port + 1)
    await statusBecomes(login, false)
  })

  it('is refused with a wrong password', async () => {
    const { login } = parties.callee
    const port = await freePorts(2)
    const fields = [login.sipUsername, 'dialtone.local', `${parties.server.sipHost}:${port}`, '120', sippLogin({ ...login, sipPassword: 'wrong' })]
    await runSipp(parties.server, { scenario: 'register-refused', port, fields }).success()
    expect(await parties.account.isRegistered(login.lineId)).toBe(false)
  })
})

describe('digest authentication', () => {
  it.each(['MD5', 'SHA-256'] as const)('accepts %s (RFC 7616, RFC 8760)', async (algorithm) => {
    const phone = await open(parties.server, parties.caller.login, { algorithm })
    const answer = await phone.register(300)
    expect(statusOf(answer)).toBe(200)
    expect(valueOf(answer, 'contact')).toContain(phone.socket.localHost)
    expect(valueOf(answer, 'contact')).toMatch(/expires=300/)
    expect(statusOf(await phone.unregister())).toBe(200)
  })

  it('accepts any domain the phone uses', async () => {
    const phone = await open(parties.server, parties.caller.login, { domain: 'some.other.example' })
    expect(statusOf(await phone.register())).toBe(200)
    await phone.unregister()
  })

  it('never accepts the same credentials twice', async () => {
    const phone = await open(parties.server, parties.caller.login)
    const user = parties.caller.login.sipUsername
    const contact = ['Contact', phone.contact] as const
    const challenge = await phone.exchange('REGISTER', 'sip:dialtone.local', user, [contact], 'replay')
    const credentials = answerDigest(challenge, parties.caller.login, 'REGISTER', 'sip:dialtone.local', 'MD5')
    expect(statusOf(await phone.exchange('REGISTER', 'sip:dialtone.local', user, [contact, credentials], 'replay'))).toBe(200)
    expect(statusOf(await phone.exchange('REGISTER', 'sip:dialtone.local', user, [contact, credentials], 'replay'))).toBe(401)
    await phone.unregister()
  })

  it('tells nobody which users exist', async () => {
    const known = await open(parties.server, { ...parties.caller.login, sipPassword: 'wrong' })
    const unknown = await open(parties.server, { sipUsername: 'nobody-here', sipPassword: 'wrong' })
    const answers = [await known.register(), await unknown.register()]
    expect(answers.map(statusOf)).toEqual([
      statusOf(answers[0] ?? { startLine: '', headers: [], body: '' }),
      statusOf(answers[0] ?? { startLine: '', headers: [], body: '' }),
    ])
    expect([401, 403]).toContain(statusOf(answers[1] ?? { startLine: '', headers: [], body: '' }))
  })
})

describe('bindings', () => {
  it('expire by themselves, and registrationstatus says so within a second', async () => {
    const phone = await open(parties.server, parties.caller.login)
    const answer = await phone.register(60)
    const grantedSeconds = Number(/expires=(\d+)/.exec(valueOf(answer, 'contact'))?.[1])
    expect(grantedSeconds).toBe(60)
    const expiresAtMs = Date.now() + grantedSeconds * 1000
    await pause(expiresAtMs - Date.now() - 1000)
    expect(await parties.account.isRegistered(parties.caller.login.lineId)).toBe(true)
    await pause(expiresAtMs - Date.now())
    await statusBecomes(parties.caller.login, false)
  }, 90_000)

  it('come back when the phone registers again', async () => {
    const phone = await open(parties.server, parties.caller.login)
    for (const wanted of [true, false, true]) {
      expect(statusOf(wanted ? await phone.register() : await phone.unregister())).toBe(200)
      await statusBecomes(parties.caller.login, wanted)
    }
    await phone.unregister()
  })

  it('are listed in the answer, one a contact, and removed all at once by *', async () => {
    const [first, second] = [await open(parties.server, parties.caller.login), await open(parties.server, parties.caller.login, { transport: 'tcp' })]
    await first.register()
    const both = valuesOf(await second.register(), 'contact').join(', ')
    expect(both).toContain(`:${first.socket.localPort}`)
    expect(both).toContain(`:${second.socket.localPort}`)
    const user = parties.caller.login.sipUsername
    expect(
      statusOf(
        await first.request(
          'REGISTER',
          'sip:dialtone.local',
          user,
          [
            ['Contact', '*'],
            ['Expires', '0'],
          ],
          'star',
        ),
      ),
    ).toBe(200)
    await statusBecomes(parties.caller.login, false)
  })

  it('deleting the line drops them at once', async () => {
    const login = await parties.account.createLine(parties.caller.userId)
    const phone = await open(parties.server, login)
    await phone.register()
    await statusBecomes(login, true)
    expect((await parties.account.http.delete(`${parties.account.path}/deviceline/${login.lineId}`)).status).toBe(204)
    expect([401, 403, 404]).toContain(statusOf(await phone.register()))
  })
})

describe('SUBSCRIBE', () => {
  it('is answered: message-summary with 200, anything else with 489', async () => {
    const phone = await open(parties.server, parties.caller.login)
    await phone.register()
    const user = parties.caller.login.sipUsername
    const subscribe = (event: string) =>
      phone.request('SUBSCRIBE', `sip:${user}@dialtone.local`, user, [
        ['Event', event],
        ['Contact', phone.contact],
        ['Expires', '600'],
      ])
    expect(statusOf(await subscribe('message-summary'))).toBe(200)
    expect(statusOf(await subscribe('weather'))).toBe(489)
    await phone.unregister()
  })
})
