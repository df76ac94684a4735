import type { RoutingTrunk } from '@dialtone/call-routing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, PARTITION, peer, ZOE_NUMBER } from './switch-tenants.ts'
import { expectNothingLeft, hearEachOther, talk } from './talk.ts'
import type { TestPhone } from './test-phone.ts'

const DID = '18015550150'
const FAR_AWAY = '6075550123'

let rig: SwitchRig
let pbx: TestPhone

beforeEach(async () => {
  rig = await SwitchRig.start()
  // Of carol's phone, who needs none here, we make a PBX: it has a login already.
  pbx = await rig.unregisteredPhone('carol-desk')
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

/** @param port of the PBX at its address; undefined: it registers */
function makeTrunk(changes: Partial<RoutingTrunk> = {}, port?: number): void {
  const account = rig.directory.snapshots.get('account-1')
  const line = account?.lines.get('carol-desk')
  if (account === undefined || line === undefined) throw new Error('no such line')
  const address = port === undefined ? undefined : { address: '127.0.0.1', port }
  const trunk: RoutingTrunk = {
    concurrentCalls: 1,
    maxBurstCalls: 0,
    primaryNumber: undefined,
    localServicesEnabled: false,
    extensionPatterns: [],
    chargeNumber: undefined,
    numberDigits: 10,
    groupId: undefined,
    address,
    ...changes,
  }
  const did = {
    number: DID,
    referenceType: 'SIP_TRUNK',
    referenceId: line.id,
    operationalStatus: 'ACTIVE',
    callerName: 'ACME',
    emergencyAddress: undefined,
  } as const
  rig.directory.snapshots.set('account-1', {
    ...account,
    lines: new Map([...account.lines, [line.id, { ...line, userId: undefined, trunk }]]),
    numbers: new Map([...account.numbers, [DID, did]]),
  })
  if (address !== undefined) rig.directory.trunks.push({ ...address, lineId: line.id, partitionId: PARTITION, accountId: 'account-1' })
}

async function emergency() {
  const uri = `sip:911@127.0.0.1:${rig.sipPort}`
  const to = { transport: 'udp', address: '127.0.0.1', port: rig.sipPort } as const
  return { uri, to, toHeader: `<${uri}>`, headers: [], body: (await rig.ear()).description() }
}

const from = (number: string) => [['From', `"Spoofed Bank" <sip:+${number}@pbx.example>`]] as const

describe('a PBX that registers', () => {
  it('is asked for its numbers in the form it wants, at the contact it registered', async () => {
    makeTrunk()
    await pbx.register()
    const call = rig.pstn.callIn(DID, (await rig.ear()).description(), [])
    const ringing = await pbx.nextCall()
    expect(ringing.invite.request.uriText).toBe(`sip:${DID.slice(1)}@127.0.0.1:${pbx.port}`)
    ringing.invite.reject(486)
    expect((await call.saw('rejected')).statusCode).toBe(486)
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ calledLineId: 'carol-desk', calledNumber: DID, disposition: 'BUSY' })
  })

  it('whose forwards name two numbers: the second is called where the carrier does not know the first, also by the only carrier there is', async () => {
    makeTrunk()
    const forwards = {
      always: undefined,
      onCapacityExceeded: [],
      onFailure: [FAR_AWAY, '3035550177'].map((referenceId) => ({ referenceType: 'TELEPHONE', referenceId })),
    }
    rig.furnish(({ services, carriers }) => ({
      services: { ...services, trunkForwards: new Map([['carol-desk', forwards]]) },
      carriers: carriers.filter(({ id }) => id === 'pstn'),
    }))
    const alice = await rig.phone('alice-desk')
    const call = alice.call(DID.slice(1), (await rig.ear()).description())
    ;(await rig.pstn.nextCall()).invite.reject(404)
    const second = await rig.pstn.nextCall()
    expect(second.invite.request.uriText).toContain('13035550177')
    second.invite.reject(486)
    expect((await call.saw('rejected')).statusCode).toBe(486)
    await rig.closed(3)
    const [known] = rig.switch.calls.recentOf('account-1')
    const told = rig.switch.calls.describe(known?.sessionId ?? '')
    expect(told?.decisions.map(({ after }) => after?.number)).toEqual([undefined, undefined, `1${FAR_AWAY}`, '13035550177'])
  })

  it('proves by digest who it is, and shows only numbers of the account (S1-87)', async () => {
    makeTrunk()
    const call = pbx.call(FAR_AWAY, (await rig.ear()).description(), { headers: from('12125550100') })
    const arrived = await rig.pstn.nextCall()
    expect(arrived.invite.request.from).toMatchObject({ displayName: 'ACME', uri: { user: `+${DID}` } })
    expect(arrived.invite.request.header('p-asserted-identity')).toContain(`sip:+${DID}@`)
    arrived.invite.reject(486)
    await call.saw('rejected')
    const own = pbx.call(FAR_AWAY, (await rig.ear()).description(), { headers: from(ALICE_NUMBER) })
    const second = await rig.pstn.nextCall()
    expect(second.invite.request.from.uri.user).toBe(`+${ALICE_NUMBER}`)
    second.invite.reject(486)
    await own.saw('rejected')
    await rig.closed(2)
  })
})

describe('a PBX known by its address', () => {
  it('calls without a login and is called there without a registration, and both hear each other', async () => {
    makeTrunk({}, pbx.port)
    const ears = [await rig.ear(), await rig.ear()] as const
    const outgoing = pbx.callIn(`1${FAR_AWAY}`, ears[0].description(), from(DID))
    const arrived = await rig.pstn.nextCall()
    expect(arrived.invite.request.from.uri.user).toBe(`+${DID}`)
    arrived.invite.answer({ body: ears[1].description() })
    const { body } = await outgoing.saw('answered')
    await hearEachOther({ caller: outgoing, callee: arrived, callerEar: ears[0], calleeEar: ears[1], answer: body })
    outgoing.leg.bye()
    await arrived.saw('bye')
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, DID, pbx)
    expect(call.callee.invite.request.uriText).toBe(`sip:${DID.slice(1)}@127.0.0.1:${pbx.port}`)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(2)
    expect(rig.records.map(({ callingLineId, calledLineId }) => [callingLineId, calledLineId])).toEqual([
      ['carol-desk', undefined],
      ['alice-desk', 'carol-desk'],
    ])
  })

  it('S1-117: no more calls than it has paths, in both directions together; 911 goes beyond, and a path comes back', async () => {
    makeTrunk({}, pbx.port)
    const first = pbx.callIn(`1${FAR_AWAY}`, (await rig.ear()).description(), from(DID))
    const ringing = await rig.pstn.nextCall()
    const second = pbx.callIn(`1${FAR_AWAY}`, (await rig.ear()).description(), from(DID))
    const { statusCode, response } = await second.saw('rejected')
    expect([statusCode, response?.header('reason')]).toEqual([503, 'Q.850;cause=34;text="No circuit available"'])
    expect((await rig.pstn.callIn(DID, (await rig.ear()).description(), []).saw('rejected')).statusCode).toBe(486)
    const help = pbx.stack.invite({ ...(await emergency()), from: `<sip:${DID}@pbx>` })
    const psap = await rig.psap.nextCall()
    help.cancel()
    await psap.saw('cancelled')
    ringing.invite.reject(486)
    await first.saw('rejected')
    const third = pbx.callIn(`1${FAR_AWAY}`, (await rig.ear()).description(), from(DID))
    ;(await rig.pstn.nextCall()).invite.reject(486)
    expect((await third.saw('rejected')).statusCode).toBe(486)
    await rig.closed(5)
  })

  it('S1-117: a PBX that calls a number of its own has two of its paths, one each way', async () => {
    makeTrunk({}, pbx.port)
    expect((await pbx.callIn(DID, (await rig.ear()).description(), from(DID)).saw('rejected')).statusCode).toBe(486)
    rig.directory.trunks.length = 0
    makeTrunk({ concurrentCalls: 2 }, pbx.port)
    const own = pbx.callIn(DID, (await rig.ear()).description(), from(DID))
    const ringing = await pbx.nextCall()
    expect((await rig.pstn.callIn(DID, (await rig.ear()).description(), []).saw('rejected')).statusCode).toBe(486)
    ringing.invite.reject(480)
    await own.saw('rejected')
    const next = rig.pstn.callIn(DID, (await rig.ear()).description(), [])
    ;(await pbx.nextCall()).invite.reject(480)
    await next.saw('rejected')
    await rig.closed(4)
  })

  it('S3-12: a call of a carrier that is sent on to a number outside needs a second path of it, or goes by another carrier', async () => {
    makeTrunk({}, pbx.port)
    const forwards = { always: { referenceType: 'TELEPHONE', referenceId: FAR_AWAY }, onCapacityExceeded: [], onFailure: [] }
    rig.furnish(({ services, carriers }) => ({
      services: { ...services, trunkForwards: new Map([['carol-desk', forwards]]) },
      carriers: carriers.map((carrier) => (carrier.id === 'pstn' ? { ...carrier, maxConcurrentCalls: 1 } : carrier)),
    }))
    const call = rig.pstn.callIn(DID, (await rig.ear()).description(), [])
    ;(await rig.backup.nextCall()).invite.reject(486)
    expect((await call.saw('rejected')).statusCode).toBe(486)
    await rig.closed(2)
  })
})

/** A carrier's name may come to lead where somebody else's PBX is known by the address, or that PBX may have been waiting there for it. */
describe('a PBX and a carrier at one address', () => {
  it('what is for a number of the carrier tenant is its call; the rest is the PBX, whatever the number rules make of it', async () => {
    makeTrunk({}, pbx.port)
    const drawAll = { inboundCalled: [{ prefix: '', strip: 15, prepend: `+${ZOE_NUMBER}` }] }
    rig.directory.peers.push({ ...peer('of-zoe', pbx.port, false), partitionId: PARTITION, accountId: 'account-2', numberRules: drawAll })
    const outgoing = pbx.callIn(`1${FAR_AWAY}`, (await rig.ear()).description(), from(DID))
    ;(await rig.pstn.nextCall()).invite.reject(486)
    await outgoing.saw('rejected')
    rig.directory.peers.push({ ...peer('plain', pbx.port, false), partitionId: PARTITION, accountId: 'account-2' })
    const zoe = await rig.phone('zoe-desk')
    const incoming = pbx.callIn(ZOE_NUMBER, (await rig.ear()).description(), from(FAR_AWAY))
    ;(await zoe.nextCall()).invite.reject(486)
    await incoming.saw('rejected')
    await rig.closed(2)
    expect(rig.records.map(({ accountId, callingLineId, calledLineId }) => [accountId, callingLineId, calledLineId])).toEqual([
      ['account-1', 'carol-desk', undefined],
      ['account-2', undefined, 'zoe-desk'],
    ])
  })

  it('a carrier of the partition that has the account comes before its PBX in all but calls for help', async () => {
    makeTrunk({}, pbx.port)
    rig.directory.peers.push({ ...peer('of-provider', pbx.port, false), partitionId: PARTITION })
    const stray = pbx.callIn(`1${FAR_AWAY}`, (await rig.ear()).description(), from(DID))
    expect((await stray.saw('rejected')).statusCode).toBe(404)
    const alice = await rig.phone('alice-desk')
    const incoming = pbx.callIn(ALICE_NUMBER, (await rig.ear()).description(), from(FAR_AWAY))
    ;(await alice.nextCall()).invite.reject(486)
    await incoming.saw('rejected')
    const help = pbx.stack.invite({ ...(await emergency()), from: `<sip:${DID}@pbx>` })
    const psap = await rig.psap.nextCall()
    help.cancel()
    await psap.saw('cancelled')
    await rig.closed(2)
    expect(rig.records.map(({ callingLineId }) => callingLineId)).toEqual([undefined, 'carol-desk'])
  })
})
