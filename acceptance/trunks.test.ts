import { beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { trustedFreePorts } from './phones/free-ports.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { runSipp, type SippRun } from './phones/sipp.ts'
import { allSucceed, sippAnswers, sippCalls } from './phones/sipp-phone.ts'
import { callee, caller, describeAudio, isHungUp, receive, type SippStep, wait } from './phones/sipp-scenario.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Account, type CallRecord, done, type Identified, type SipLogin, Tenant, unique } from './tenant.ts'

const DOMAIN = 'dialtone.local'
/** An area code no number of the sandbox inventory has. */
const FAR_AWAY = '1212'
/** SIPp wants a few ports behind its first one for media. */
const PORTS_EACH = 30

let tenant: Tenant

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

interface Pbx {
  readonly account: Account
  readonly id: string
  readonly did: string
  readonly login: SipLogin
}

/** An account with a PBX behind a trunk, and a number that rings it. */
async function makePbx(changes: Readonly<Record<string, unknown>> = {}): Promise<Pbx> {
  const account = await tenant.createAccount()
  const did = await account.addNumber()
  const [sipUsername, sipPassword] = [unique('pbx-'), 'secret-of-pbx']
  const { id } = done(await account.http.post<Identified>(`${account.path}/siptrunk_2`, { trunkName: 'PBX', concurrentCalls: 2, pbxTnDigits: 10, sipUsername, sipPassword, ...changes })) // prettier-ignore
  done(await account.http.patch(`${account.path}/telephonenumber/${did}`, { referenceType: 'SIP_TRUNK', referenceId: id }))
  const { sipHost: server, sipPort: serverPort } = tenant.platform
  return { account, id, did, login: { lineId: id, sipUsername, sipPassword, server, serverPort } }
}

/** A SIPp that is known by its address: a PBX or a carrier. */
function atAddress(port: number, steps: readonly SippStep[], fields: readonly string[] = [], calls = 1): SippRun {
  const given = fields.length === 0 ? {} : { fields: [...fields, ''] }
  return runSipp(tenant.platform, { scenario: 'at-its-address', steps, port, ...given, calls, timeoutSeconds: 25 })
}

const callIn = async (to: string, seconds = 1) => done(await tenant.http.post('/v2/sandbox/inbound-call', { from: '12125550142', to, seconds }))

/** Without credentials; INVITE has CSeq 1. */
const dials = (...then: readonly SippStep[]): readonly SippStep[] => [
  caller.sendsFirst('INVITE', { body: describeAudio() }),
  receive(100, { optional: true }),
  receive(180, { optional: true }),
  ...then,
]
const talks: readonly SippStep[] = [caller.hears(200), caller.sends('ACK', { sequence: 1 }), wait(500), ...caller.hangsUp(2)]
const isRefused = (status: number): readonly SippStep[] => [receive(status), caller.acknowledgesFirst(1)]
/** Called with this in the message, it answers and waits to be hung up. */
const answersTo = (pattern: string): readonly SippStep[] => [
  callee.isCalled({ check: { message: pattern } }),
  callee.answers(200, { body: describeAudio() }),
  receive('ACK'),
  ...isHungUp,
]

function recordOf(account: Account, matches: (record: CallRecord) => boolean): Promise<CallRecord> {
  return eventually('the record', 8_000, async () => (await account.callRecords()).find(matches))
}

describe.skipIf(isAbsent('sipp'))("a customer's PBX with SIPp", () => {
  it('S1-20 S1-116 S0-47: registers, is asked for ten digits of its number, and calls out; the records name the trunk', async () => {
    const pbx = await makePbx()
    const answering = await sippAnswers(tenant.platform, pbx, answersTo(`INVITE sip:${pbx.did.slice(1)}@`), { timeoutSeconds: 30 })
    await callIn(pbx.did)
    await answering.success()
    const received = await recordOf(pbx.account, (record) => record.termNumber.endsWith(pbx.did.slice(1)))
    expect([received.callFlagType, received.referenceType, received.referenceId]).toEqual(['ANSWERED', 'SIP_TRUNK', pbx.id])
    const calling = await sippCalls(tenant.platform, pbx, `${FAR_AWAY}5550142`, [
      ...caller.begins('INVITE', 407, [], describeAudio()),
      receive(180, { optional: true }),
      caller.hears(200),
      caller.sends('ACK', { sequence: 2 }),
      wait(500),
      ...caller.hangsUp(3),
    ])
    await calling.success()
    const made = await recordOf(pbx.account, (record) => record.termNumber.endsWith('2125550142'))
    expect([made.callFlagType, made.origNumber.endsWith(pbx.did.slice(1)), made.referenceId]).toEqual(['ANSWERED', true, pbx.id])
  })

  it('S1-20: known by its address, it calls and is called without a login', async () => {
    const port = await trustedFreePorts(PORTS_EACH)
    const pbx = await makePbx({ ipBasedAuthEnabled: true, ipAddress: tenant.platform.sipHost, portNumber: port })
    await atAddress(port, dials(...talks), [pbx.did, DOMAIN, `${FAR_AWAY}5550143`]).success()
    const answering = atAddress(port, answersTo(`INVITE sip:${pbx.did.slice(1)}@`))
    await callIn(pbx.did)
    await answering.success()
    const record = await recordOf(pbx.account, (each) => each.termNumber.endsWith('2125550143'))
    expect([record.callFlagType, record.referenceId]).toEqual(['ANSWERED', pbx.id])
  })

  it('S1-117: a call more than it has paths is refused with 503, and goes when a path is free again', async () => {
    const port = await trustedFreePorts(PORTS_EACH)
    const pbx = await makePbx({ concurrentCalls: 1, ipBasedAuthEnabled: true, ipAddress: tenant.platform.sipHost, portNumber: port })
    const first = await sippCalls(tenant.platform, pbx, `${FAR_AWAY}5550105`, [
      ...caller.begins('INVITE', 407, [], describeAudio()),
      receive(183, { optional: true }),
      receive(180, { optional: true }),
      caller.hears(200),
      caller.sends('ACK', { sequence: 2 }),
      wait(3_000),
      ...caller.hangsUp(3),
    ])
    await eventually('the first call', 8_000, () => (/SIP\/2.0 200/.test(first.messages()) ? true : undefined))
    await atAddress(port, dials(...isRefused(503)), [pbx.did, DOMAIN, `${FAR_AWAY}5550142`]).success()
    await first.success()
    await atAddress(port, dials(...talks), [pbx.did, DOMAIN, `${FAR_AWAY}5550142`]).success()
  })
})

describe.skipIf(isAbsent('sipp'))("a tenant's own carriers with SIPp (S0-58)", () => {
  async function makeCarrier(account: Account, name: string, priority: number): Promise<number> {
    const port = await trustedFreePorts(PORTS_EACH)
    const body = { name, address: tenant.platform.sipHost, port, priority, keepAliveSeconds: 0 }
    done(await account.http.post(`${account.path}/carrier-trunk`, body))
    return port
  }

  it('S0-58 S1-87: 503 of the first leads to the second, which sees a number of the account in place of a spoofed one', async () => {
    const pbxPort = await trustedFreePorts(PORTS_EACH)
    const pbx = await makePbx({ ipBasedAuthEnabled: true, ipAddress: tenant.platform.sipHost, portNumber: pbxPort })
    const [first, second] = [await makeCarrier(pbx.account, 'First', 1), await makeCarrier(pbx.account, 'Second', 2)]
    const refusing = atAddress(first, [callee.isCalled(), callee.answers(503), receive('ACK')])
    const answering = atAddress(second, answersTo(`From: [^\r\n]*<sip:.${pbx.did}@`))
    const calling = atAddress(pbxPort, dials(...talks), ['12025550199', DOMAIN, `${FAR_AWAY}5550142`])
    await allSucceed([refusing, answering, calling])
    const record = await recordOf(pbx.account, (each) => each.termNumber.endsWith('2125550142'))
    expect([record.callFlagType, record.origNumber.endsWith(pbx.did.slice(1))]).toEqual(['ANSWERED', true])
  })

  it('S0-58: 486 of the first is the answer, and after three failures in a row it is passed over', async () => {
    const pbxPort = await trustedFreePorts(PORTS_EACH)
    const pbx = await makePbx({ ipBasedAuthEnabled: true, ipAddress: tenant.platform.sipHost, portNumber: pbxPort })
    const [first, second] = [await makeCarrier(pbx.account, 'First', 1), await makeCarrier(pbx.account, 'Second', 2)]
    const fields = [pbx.did, DOMAIN, `${FAR_AWAY}5550142`]
    const busy = atAddress(first, [callee.isCalled(), callee.answers(486), receive('ACK')])
    await atAddress(pbxPort, dials(...isRefused(486)), fields).success()
    await busy.success()
    for (let round = 0; round < 3; round++) {
      const failing = atAddress(first, [callee.isCalled(), callee.answers(503), receive('ACK')])
      const refusing = atAddress(second, [callee.isCalled(), callee.answers(486), receive('ACK')])
      await atAddress(pbxPort, dials(...isRefused(486)), fields).success()
      await allSucceed([failing, refusing])
    }
    // Nobody listens at the first one any more: to ask it would take half a minute.
    const answering = atAddress(second, answersTo('INVITE'))
    const begunMs = Date.now()
    await allSucceed([answering, atAddress(pbxPort, dials(...talks), fields)])
    expect(Date.now() - begunMs).toBeLessThan(8_000)
  })

  it('S0-58 S0-62: brings calls to the numbers of its account alone, and takes those of no other', async () => {
    const [mine, other] = [await tenant.createAccount(), await tenant.createAccount()]
    const port = await makeCarrier(mine, 'Mine', 1)
    const [myNumber, otherNumber] = [await mine.addNumber(), await other.addNumber()]
    const { userId } = await mine.createUser('4001')
    await mine.assignNumber(myNumber, userId)
    const phone = await ScriptedPhone.open(tenant.platform, await mine.createLine(userId))
    expect(statusOf(await phone.register())).toBe(200)
    await atAddress(port, dials(...isRefused(404)), ['12025550199', DOMAIN, otherNumber]).success()
    const calling = atAddress(port, dials(...isRefused(486)), ['12025550199', DOMAIN, myNumber])
    ;(await phone.nextCall()).reject(486)
    await calling.success()
    await phone.unregister()
    phone.close()
    const stranger = await other.createUser('4001')
    const otherPhone = await ScriptedPhone.open(tenant.platform, await other.createLine(stranger.userId))
    await otherPhone.register()
    const call = await otherPhone.call(`${FAR_AWAY}5550100`)
    expect(await call.finalStatus()).toBe(486)
    await otherPhone.unregister()
    otherPhone.close()
    const listed = await tenant.http.get<readonly unknown[]>(`${other.path}/carrier-trunk`)
    expect(done(listed)).toEqual([])
  })
})
