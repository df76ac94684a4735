import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { trustedFreePorts } from './phones/free-ports.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { runSipp, type SippRun } from './phones/sipp.ts'
import { allSucceed } from './phones/sipp-phone.ts'
import { callee, caller, describeAudio, describeMusic, isHungUp, plays, receive, respond, type SippStep } from './phones/sipp-scenario.ts'
import { encodeMuLaw, sineSamples } from './phones/tone.ts'
import { CALLEE_HZ, CALLER_HZ, TONES_HZ } from './phones/two-parties.ts'
import { WORK_FOLDER } from './platform.ts'
import { type Account, done, type SipLogin, Tenant, unique } from './tenant.ts'

interface Shown<Data> {
  readonly data: Data
}

const FAR = '12125550142'
const PORTS_EACH = 30
const invites: readonly SippStep[] = [
  caller.sendsFirst('INVITE', { body: describeAudio() }),
  receive(100, { optional: true }),
  receive(180, { optional: true }),
]

let tenant: Tenant
let account: Account
let number: string
let userId: string
let login: SipLogin
const phones: ScriptedPhone[] = []
const baresips: Baresip[] = []
let made: string | undefined

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
  userId = (await account.createUser('4001')).userId
  number = await account.addNumber()
  await account.assignNumber(number, userId)
  login = await account.createLine(userId)
})

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close()
  await Promise.all(baresips.splice(0).map((phone) => phone.stop()))
  if (made !== undefined) await tenant.http.delete(`/siptrunk/${made}?force=true`)
  made = undefined
})

/** The account's only carrier, at a port of this host; active at once. */
async function trunkAt(port: number, more: Readonly<Record<string, unknown>>): Promise<string> {
  const body = { name: unique('Trunk '), organization_id: `org_${account.id}`, type: 'peer', host: tenant.platform.sipHost, port, ping_interval: 0, ...more }
  const { data } = done(await tenant.http.put<Shown<{ readonly id: string }>>('/siptrunk/new', body))
  made = data.id
  done(await tenant.http.post(`/siptrunk/${data.id}`, { status: 'active' }))
  return data.id
}

async function registeredPhone(): Promise<ScriptedPhone> {
  const opened = await ScriptedPhone.open(tenant.platform, login)
  phones.push(opened)
  await opened.register()
  return opened
}

async function baresip(who: SipLogin | string, options: Parameters<typeof Baresip.start>[2]): Promise<Baresip> {
  const as = typeof who === 'string' ? { sipUsername: who, sipPassword: 'none' } : who
  const started = await Baresip.start(tenant.platform, as, options)
  baresips.push(started)
  return started
}

function carrier(port: number, steps: readonly SippStep[]): SippRun {
  return runSipp(tenant.platform, { scenario: 'trunk-media', steps, port, timeoutSeconds: 25, echoes: true })
}

describe.skipIf(isAbsent('baresip'))('codecs of a trunk with baresip (S3-13)', () => {
  it('a carrier that may use G.722 alone is offered nothing else, and talks with a phone of G.711; a call of its own too', async () => {
    const far = await baresip(`+${FAR}`, { toneHz: CALLEE_HZ, answer: 'auto', registerSeconds: 0, speaks: 'G722' })
    await trunkAt(far.sipPort, { codecs: ['G.722'] })
    const near = await baresip(login, { toneHz: CALLER_HZ, answer: 'auto' })
    await near.registered()
    await near.dial(`sip:${FAR}@dialtone.local`)
    await far.saw('CALL_ESTABLISHED')
    expect(far.log).toMatch(/m=audio \d+ RTP\/AVP 9 101\r?\n/)
    await eventually('a second of talk', 4_000, () => (near.events.some(({ type, atMs }) => type === 'CALL_ESTABLISHED' && Date.now() - atMs > 1_500) ? true : undefined)) // prettier-ignore
    await near.hangUp()
    await Promise.all([near.saw('CALL_CLOSED'), far.saw('CALL_CLOSED')])
    expect([await near.toneHeard(TONES_HZ), await far.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
    const before = near.events.length
    await far.dial(`sip:${number}@${tenant.platform.sipHost}:${tenant.platform.sipPort}`)
    const { atMs } = await near.saw('CALL_ESTABLISHED', { from: before })
    await eventually('a second of talk', 4_000, () => (Date.now() - atMs > 1_500 ? true : undefined))
    await far.hangUp()
    await near.saw('CALL_CLOSED', { from: before })
    expect(near.lastToneHeard(TONES_HZ)).toBe(CALLEE_HZ)
  })

  it('where nothing fits and nothing can be converted the call is refused with 488, and the carrier is not asked', async () => {
    const port = await trustedFreePorts(PORTS_EACH)
    await trunkAt(port, { codecs: ['G.729'] })
    const calling = await registeredPhone()
    expect(await (await calling.call(FAR)).finalStatus()).toBe(488)
  })
})

describe.skipIf(isAbsent('sipp'))('keys and media of a trunk with SIPp', () => {
  it('S3-13 dtmf_mode info: no telephone-event is offered; keys of the phone come by INFO, and its INFO becomes telephone events', async () => {
    const port = await trustedFreePorts(PORTS_EACH)
    await trunkAt(port, { dtmf_mode: 'info' })
    const calling = await registeredPhone()
    const run = carrier(port, [
      callee.isCalled({ absent: { body: 'telephone-event' } }),
      callee.answers(200, {
        body: describeAudio()
          .replace(' 101', '')
          .replaceAll(/a=(?:rtpmap|fmtp):101.*\n/g, ''),
      }),
      receive('ACK'),
      receive('INFO', { check: { 'Content-Type:': 'application/dtmf-relay', body: 'Signal=5' } }),
      respond(200),
      callee.sends('INFO', { sequence: 1, contentType: 'application/dtmf-relay', body: 'Signal=7\r\nDuration=160\r\n' }),
      receive(200),
      ...isHungUp,
    ])
    const call = await calling.call(FAR, { toneHz: CALLER_HZ })
    expect(await call.finalStatus()).toBe(200)
    await eventually('the echo', 5_000, () => (call.media.packetsHeard > 5 ? true : undefined))
    await call.media.press(call.final?.body ?? '', '5')
    await eventually('the key', 5_000, () => (call.media.keysHeard === '7' ? true : undefined))
    expect(await call.hangUp()).toBe(200)
    await run.success()
  })

  it('S3-13 dtmf_mode inband: a key of the phone is heard by the trunk as its two tones', async () => {
    const port = await trustedFreePorts(PORTS_EACH)
    await trunkAt(port, { dtmf_mode: 'inband' })
    const calling = await registeredPhone()
    const run = carrier(port, [callee.isCalled({ absent: { body: 'telephone-event' } }), callee.answersTalk(), receive('ACK'), ...isHungUp])
    const call = await calling.call(FAR, { toneHz: CALLER_HZ })
    expect(await call.finalStatus()).toBe(200)
    await eventually('the echo', 5_000, () => (call.media.packetsHeard > 5 ? true : undefined))
    call.media.forget()
    await call.media.press(call.final?.body ?? '', '5')
    call.media.speak(call.final?.body ?? '', CALLER_HZ)
    await eventually('both tones in the echo', 5_000, () => (call.media.heardOnce(770) && call.media.heardOnce(1336) ? true : undefined))
    expect(call.media.keysHeard).toBe('')
    expect(await call.hangUp()).toBe(200)
    await run.success()
  })

  it('S3-13 dtmf_mode inband: a key of the trunk comes as its two tones, and a menu understands it', async () => {
    const port = await trustedFreePorts(PORTS_EACH)
    await trunkAt(port, { dtmf_mode: 'inband' })
    const way = (fromIvrComponentId: string, toIvrComponentId: string) => ({ fromIvrComponentId, toIvrComponentId })
    const failure = { id: 'f', type: 'MENU_FAILURE', menuTimeout: 8, invalidSelectionPrompt: '', maxInvalidSelections: 2 }
    const menu = { id: 'm', type: 'MENU', initPromptId: '', allowBargeInDuringInitPrompt: true, menuPromptId: '', menuRepeatDelay: 3, failure }
    const ivr = done(
      await account.http.post<{ id: string }>(`${account.path}/ivr`, {
        name: 'By tones',
        ivrComponents: [
          { id: 'in', type: 'INCOMING' },
          { ...menu, dtmf: [{ id: 'd7', type: 'DTMF', digit: '7' }] },
          { id: 'u', type: 'USER', userId },
        ],
        ivrComponentMappings: [way('in', 'm'), way('d7', 'u')],
      }),
    )
    const reached = await account.addNumber()
    done(await account.http.patch(`${account.path}/telephonenumber/${reached}`, { referenceType: 'IVR', referenceId: ivr.id }))
    const phone = await registeredPhone()
    const file = join(WORK_FOLDER, 'key-7.ul')
    const [low, high] = [sineSamples(852, 800), sineSamples(1209, 800)]
    const key = low.map((sample, index) => Math.round((sample + (high[index] ?? 0)) * 0.4))
    writeFileSync(file, Buffer.concat([encodeMuLaw(new Int16Array(16_000)), encodeMuLaw(key), encodeMuLaw(new Int16Array(24_000))]))
    const run = runSipp(tenant.platform, {
      ...{ scenario: 'keys-as-tones', port, timeoutSeconds: 25, echoes: false, fields: [FAR, 'dialtone.local', reached, ''] },
      steps: [
        caller.sendsFirst('INVITE', { body: describeMusic() }),
        receive(100, { optional: true }),
        caller.hears(200, { absent: { body: 'telephone-event' } }),
        caller.sends('ACK', { sequence: 1 }),
        plays(file),
        // It is asked to talk to who has answered.
        receive('INVITE'),
        respond(200, { body: describeMusic() }),
        receive('ACK'),
        ...isHungUp,
      ],
    })
    const ringing = await phone.nextCall(15_000)
    await ringing.answer(CALLEE_HZ)
    await eventually('sound of the trunk', 5_000, () => ((ringing.media?.packetsHeard ?? 0) > 5 ? true : undefined))
    await ringing.hangUp()
    await run.success()
  })

  /** A carrier that sends a tone from another address than it describes. @returns whether the phone heard it */
  async function hearsFromElsewhere(settings: Readonly<Record<string, unknown>>, ips: readonly unknown[] = []): Promise<boolean> {
    const port = await trustedFreePorts(PORTS_EACH)
    const id = await trunkAt(port, settings)
    if (ips.length > 0) done(await tenant.http.put(`/siptrunkips/${id}`, { ips: [{ address: tenant.platform.sipHost, type: 'signaling', port }, ...ips] }))
    const file = join(WORK_FOLDER, 'far.ul')
    writeFileSync(file, encodeMuLaw(sineSamples(CALLEE_HZ, 16_000)))
    const description = describeMusic().replace('c=IN IP4 [media_ip]', 'c=IN IP4 192.0.2.77')
    const run = runSipp(tenant.platform, {
      ...{ scenario: 'from-elsewhere', port, timeoutSeconds: 25, echoes: false },
      steps: [callee.isCalled(), callee.answers(200, { body: description }), receive('ACK'), plays(file), ...isHungUp],
    })
    const calling = await registeredPhone()
    const call = await calling.call(FAR, { toneHz: CALLER_HZ })
    expect(await call.finalStatus()).toBe(200)
    const heard = await eventually('a tone', 1_500, () => (call.media.toneHeard(TONES_HZ) === CALLEE_HZ ? true : undefined)).catch(() => false)
    expect(await call.hangUp()).toBe(200)
    await run.success()
    for (const opened of phones.splice(0)) opened.close()
    done(await tenant.http.delete(`/siptrunk/${id}?force=true`))
    return heard
  }

  it('S3-13 nat_support: RTP from another address than described is taken with it, and without it is not', async () => {
    expect(await hearsFromElsewhere({ nat_support: true })).toBe(true)
    expect(await hearsFromElsewhere({ nat_support: false })).toBe(false)
  })

  it('addresses of type media: RTP of the trunk comes from those alone', async () => {
    const { sipHost: address } = tenant.platform
    expect(await hearsFromElsewhere({}, [{ address: '192.0.2.99', type: 'media' }])).toBe(false)
    expect(await hearsFromElsewhere({}, [{ address, type: 'media', port: 10_000 }])).toBe(true)
  })

  it('S3-13 of a PBX: its default caller ID is shown in place of a number that is not the account’s, if it is one of the account; its codecs hold', async () => {
    const [pbxPort, port] = [await trustedFreePorts(PORTS_EACH), await trustedFreePorts(PORTS_EACH)]
    const [fallback, shown] = [number, await account.addNumber()]
    const pbx = { name: unique('PBX '), organization_id: `org_${account.id}`, type: 'pbx', host: tenant.platform.sipHost, port: pbxPort, max_channels: 4 }
    const callerId = { caller_id_name: 'Front Desk', caller_id_number: `+${shown}` }
    const { data } = done(await tenant.http.put<Shown<{ readonly id: string }>>('/siptrunk/new', { ...pbx, ...callerId }))
    await trunkAt(port, {})
    const calls = (steps: readonly SippStep[]): SippRun =>
      runSipp(tenant.platform, { scenario: 'pbx', port: pbxPort, steps, fields: ['12025550199', 'dialtone.local', FAR, ''], timeoutSeconds: 25 })
    const sees = async (from: string): Promise<void> => {
      const refusing = carrier(port, [callee.isCalled({ check: { 'From:': from } }), callee.answers(486), receive('ACK')])
      await allSucceed([refusing, calls([...invites, receive(486), caller.acknowledgesFirst(1)])])
    }
    await sees(`<sip:.${shown}@`)
    done(await tenant.http.post(`/siptrunk/${data.id}`, { caller_id_number: '+12025550177' }))
    await sees(`<sip:.${fallback}@`)
    done(await tenant.http.post(`/siptrunk/${data.id}`, { codecs: ['G.729'] }))
    await calls([...invites, receive(488), caller.acknowledgesFirst(1)]).success()
    done(await tenant.http.delete(`/siptrunk/${data.id}?force=true`))
  })
})
