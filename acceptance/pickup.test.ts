import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords, recordOf } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { hear, hearAtLast } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, type TwoParties } from './phones/two-parties.ts'
import { done, type Identified, type Person, type SipLogin, Tenant } from './tenant.ts'

let tenant: Tenant
const closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function openPhone(login: SipLogin): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, login)
  closing.push(() => Promise.resolve(phone.close()))
  await phone.register()
  return phone
}

async function start(login: SipLogin, toneHz: number): Promise<Baresip> {
  const phone = await Baresip.start(tenant.platform, login, { toneHz })
  closing.push(() => phone.stop())
  await phone.registered()
  return phone
}

/** A third user beside the two, who may pick up for the second one. */
async function makeOffice(): Promise<TwoParties & { readonly third: Person & { readonly login: SipLogin } }> {
  const parties = await makeTwoParties(tenant)
  const { account } = parties
  const person = await account.createUser('4002')
  const group = done(
    await account.http.post<Identified>(`${account.path}/group`, {
      name: 'Front',
      type: 'USER',
      subType: 'ANY_USER',
      memberIds: [parties.callee.userId, person.userId],
    }),
  )
  done(await account.http.post(`${account.path}/grouppickup`, { name: 'Front', groupIds: [group.id] }))
  return { ...parties, third: { ...person, login: await account.createLine(person.userId) } }
}

/** As a phone writes it that has read RFC 4235 4.1.1 and RFC 3891 6.1. */
function replacesIn(document: string): string | undefined {
  const [, callId, localTag, remoteTag] = /call-id="([^"]+)" local-tag="([^"]+)" remote-tag="([^"]+)"[^>]*><state>early/.exec(document) ?? []
  return callId === undefined ? undefined : `${callId};to-tag=${String(remoteTag)};from-tag=${String(localTag)};early-only`
}

describe('pickup', () => {
  it.each(['*58', '*594001'])('S0-49: %s takes a call that rings at another phone of the group; that phone hears it was completed elsewhere', async (code) => {
    const office = await makeOffice()
    const [caller, callee, third] = [await openPhone(office.caller.login), await openPhone(office.callee.login), await openPhone(office.third.login)]
    const call = await caller.call('4001', { toneHz: CALLER_HZ })
    const ringing = await callee.nextCall()
    ringing.ring()
    await call.saw(180)
    const taken = await third.call(code, { toneHz: PSTN_HZ })
    expect(await taken.finalStatus()).toBe(200)
    expect(await call.finalStatus()).toBe(200)
    expect(JSON.stringify(await ringing.cancelled())).toContain('Call completed elsewhere')
    await hear([call.media, PSTN_HZ], [taken.media, CALLER_HZ])
    expect(await taken.hangUp()).toBe(200)
    await call.ended()
    const [record] = await expectRecords(office.account, ['ANSWERED'])
    expect(record).toMatchObject({ callPickupById: office.third.userId, callPickupFromId: office.callee.userId })
  })

  it('a lamp key takes the call that rings, by the dialog its NOTIFY names; who is in no group of theirs is refused, and the phone rings on', async () => {
    const office = await makeOffice()
    const stranger = await office.account.createUser('4003')
    const [caller, callee, third] = [await openPhone(office.caller.login), await openPhone(office.callee.login), await openPhone(office.third.login)]
    const outsider = await openPhone(await office.account.createLine(stranger.userId))
    const watches = [
      ['Event', 'dialog'],
      ['Accept', 'application/dialog-info+xml'],
      ['Expires', '120'],
      ['Contact', third.contact],
    ] as const
    expect(statusOf(await third.request('SUBSCRIBE', third.requestUri('4001'), '4001', watches))).toBe(200)
    const call = await caller.call('4001', { toneHz: CALLER_HZ })
    const ringing = await callee.nextCall()
    ringing.ring()
    await call.saw(180)
    const replaces = await eventually('the dialog that rings', 5_000, () => replacesIn(third.notifies.at(-1)?.body ?? ''))
    expect(await (await outsider.call('4001', { headers: [['Replaces', replaces]] })).finalStatus()).toBe(403)
    expect(ringing.cancelledBy).toBeUndefined()
    const taken = await third.call('4001', { toneHz: PSTN_HZ, headers: [['Replaces', replaces]] })
    expect([await taken.finalStatus(), await call.finalStatus()]).toEqual([200, 200])
    expect(JSON.stringify(await ringing.cancelled())).toContain('Call completed elsewhere')
    await hear([call.media, PSTN_HZ], [taken.media, CALLER_HZ])
    // An answered call is not picked up any more (RFC 3891 7.1).
    expect(await (await third.call('4001', { headers: [['Replaces', replaces]] })).finalStatus()).not.toBe(200)
    await call.hangUp()
    await taken.ended()
    const record = await recordOf(office.account, call.callId)
    expect(record).toMatchObject({ callFlagType: 'ANSWERED', callPickupById: office.third.userId, callPickupFromId: office.callee.userId })
  })

  it('S0-49: who is not in the group takes nothing, and the phone rings on', async () => {
    const office = await makeOffice()
    const stranger = await office.account.createUser('4003')
    const [caller, callee] = [await openPhone(office.caller.login), await openPhone(office.callee.login)]
    const outsider = await openPhone(await office.account.createLine(stranger.userId))
    const call = await caller.call('4001')
    const ringing = await callee.nextCall()
    ringing.ring()
    for (const code of ['*58', '*594001']) expect(await (await outsider.call(code)).finalStatus()).toBe(480)
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    expect(await call.hangUp()).toBe(200)
    await ringing.ended()
  })
})

describe.skipIf(isAbsent('baresip'))('call pull', () => {
  it('*11 brings the own call to another phone of the user; the old one is released, and the call has one record', async () => {
    const parties = await makeTwoParties(tenant)
    const cell = await start(await parties.account.createLine(parties.callee.userId), PSTN_HZ)
    const [caller, desk] = [await start(parties.caller.login, CALLER_HZ), await start(parties.callee.login, CALLEE_HZ)]
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await desk.saw('CALL_INCOMING')
    await desk.accept()
    await desk.saw('CALL_ESTABLISHED')
    await pause(1_000)
    await cell.dial('sip:*11@dialtone.local')
    await desk.saw('CALL_CLOSED')
    await hearAtLast([caller, PSTN_HZ], [cell, CALLER_HZ])
    await cell.hangUp()
    await caller.saw('CALL_CLOSED')
    await expectRecords(parties.account, ['ANSWERED'])
  })
})
