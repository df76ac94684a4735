import { afterEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, LOCATION } from './switch-tenants.ts'
import { expectNothingLeft, hearEachOther, talk } from './talk.ts'

let rig: SwitchRig

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

function suspend(accountId: string): void {
  const snapshot = rig.directory.snapshots.get(accountId)
  if (snapshot === undefined) throw new Error(`no ${accountId}`)
  rig.directory.snapshots.set(accountId, { ...snapshot, accountStatus: 'SUSPENDED' })
}

function locationIn(text: string | undefined): unknown {
  const location: unknown = JSON.parse(decodeURIComponent(text ?? 'null'))
  return location
}

describe('911', () => {
  it.each(['ACTIVE', 'SUSPENDED'])('reaches the PSAP with callback number and location from an account that is %s (S0-75, S0-78, C-58)', async (status) => {
    rig = await SwitchRig.start()
    if (status === 'SUSPENDED') suspend('account-1')
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, '911', rig.psap)
    const { request } = call.callee.invite
    expect(request.uri?.user).toBe('911')
    expect(request.header('x-dialtone-callback')).toBe(`+${ALICE_NUMBER}`)
    expect(request.header('p-asserted-identity')).toContain(`sip:+${ALICE_NUMBER}@`)
    expect(locationIn(request.header('x-dialtone-location'))).toMatchObject({ streetNumber: '333', city: 'Lindon', state: 'UT' })
    await hearEachOther(call)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
    const [record] = rig.records
    expect(record).toMatchObject({ termCategory: 'Emergency', disposition: 'ANSWERED', calledNumber: '911', carrierId: 'psap' })
    expect(record?.emergency).toEqual({ callbackNumber: ALICE_NUMBER, location: LOCATION })
    expect(rig.emergencies).toHaveLength(1)
    expect(rig.emergencies[0]).toMatchObject({ service: '911', recordId: record?.id, callingUserId: 'alice', callbackNumber: ALICE_NUMBER, location: LOCATION })
    expect([rig.pstn.invites.length, rig.backup.invites.length]).toEqual([0, 0])
  })

  it('a suspended account can call nobody else: 403 (C-58)', async () => {
    rig = await SwitchRig.start()
    suspend('account-1')
    const alice = await rig.phone('alice-desk')
    const rejected = await alice.call('6075550123', (await rig.ear()).description()).saw('rejected')
    expect(rejected.statusCode).toBe(403)
    await rig.closed(1)
    expect([rig.records[0]?.disposition, rig.pstn.invites.length, rig.emergencies.length]).toEqual(['REJECTED', 0, 0])
  })

  it('goes through when the switch takes no more calls, which are refused with 503 and Retry-After (C-58)', async () => {
    rig = await SwitchRig.start({ limits: { maxCalls: 0 } })
    const alice = await rig.phone('alice-desk')
    const refused = await alice.call('6075550123', (await rig.ear()).description()).saw('rejected')
    expect([refused.statusCode, refused.response?.header('retry-after')]).toEqual([503, '5'])
    const call = await talk(rig, alice, '911', rig.psap)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })
})
