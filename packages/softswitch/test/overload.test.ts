import { afterEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, ZOE_NUMBER } from './switch-tenants.ts'
import { expectNothingLeft, talk } from './talk.ts'
import type { TestPhone } from './test-phone.ts'

const MOST_TRANSACTIONS = 60

let rig: SwitchRig

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

/** The PSAP calls back, is answered, and hangs up. */
async function callBack(alice: TestPhone): Promise<void> {
  const calling = rig.psap.callIn(ALICE_NUMBER, (await rig.ear()).description(), [])
  const ringing = await alice.nextCall()
  ringing.invite.answer({ body: (await rig.ear()).description() })
  await calling.saw('answered')
  calling.leg.bye()
  await ringing.saw('bye')
}

/** Each registration stays a transaction for 32 s (RFC 3261 17.2.2). */
async function fill(phone: TestPhone): Promise<void> {
  for (let count = 0; count < MOST_TRANSACTIONS && rig.stack.statistics.transactions < MOST_TRANSACTIONS; count++) await phone.register()
  expect(rig.stack.statistics.transactions).toBeGreaterThanOrEqual(MOST_TRANSACTIONS)
}

describe('a PSAP that calls back (C-58, RFC 7090)', () => {
  it('rings while the SIP stack is overloaded, which refuses every other call with 503 and Retry-After (RFC 3261 21.5.4)', async () => {
    rig = await SwitchRig.start({ sipLimits: { maxTransactions: MOST_TRANSACTIONS } })
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk')]
    const help = await talk(rig, alice, '911', rig.psap)
    help.callee.leg.bye()
    await help.caller.saw('bye')
    await fill(carol)
    const body = (await rig.ear()).description()
    // Nobody but a carrier brings the PSAP's call.
    for (const other of [rig.pstn.callIn(ZOE_NUMBER, body, []), carol.call('6075550123', body), carol.call(ALICE_NUMBER, body)]) {
      const { statusCode, response } = await other.saw('rejected')
      expect(statusCode).toBe(503)
      expect(Number(response?.header('retry-after'))).toBeGreaterThanOrEqual(5)
    }
    await callBack(alice)
    await rig.closed(2)
    rig.time.advance(30 * 60_000)
    expect((await rig.psap.callIn(ALICE_NUMBER, body, []).saw('rejected')).statusCode).toBe(503)
    expect(alice.invites).toHaveLength(1)
  })

  it('rings though the switch takes no more calls, unrecorded, also when the call for help was before the start of this switch', async () => {
    const recorded: string[] = []
    rig = await SwitchRig.start({
      limits: { maxCalls: 0 },
      recorder: { begin: ({ calledNumber }) => void recorded.push(calledNumber), write: () => undefined, end: () => undefined },
    })
    const alice = await rig.phone('alice-desk')
    expect((await rig.psap.callIn(ALICE_NUMBER, (await rig.ear()).description(), []).saw('rejected')).statusCode).toBe(503)
    const emergenciesByNumber = new Map([[ALICE_NUMBER, [{ lineId: 'alice-desk', atMs: rig.time.nowMs() - 60_000 }]]])
    rig.furnish(({ services }) => ({ services: { ...services, emergenciesByNumber, recording: { userIds: undefined, announces: false } } }))
    await callBack(alice)
    await rig.closed(1)
    expect(recorded).toEqual([])
  })
})
