import type { RouteAttempt, RouteVerdict } from '@dialtone/call-routing'
import { ManualTime } from '@dialtone/foundation'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startCall, stepCall } from '../src/calls/state/step-call.ts'
import type { CallEvent, CallExplanation, ExplainedDecision, ExplainQuestion } from '../src/index.ts'
import { SimulationRun } from './simulation/simulation-run.ts'
import { seededNumbers } from './simulation/seeded-numbers.ts'
import { SilentPeer } from './silent-peer.ts'
import { ALICE_NUMBER, peer, ZOE_NUMBER } from './switch-tenants.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft } from './talk.ts'

type Routed = Extract<CallEvent, { type: 'routed' }>

/** What the switch is in now, for the explanation. */
function explain(run: Pick<SwitchRig, 'switch'>, accountId: string, call: ExplainQuestion['call'], atMs = 0): CallExplanation {
  return run.switch.calls.explain({ accountId, call, atMs })
}

/** RFC 3261 17.1.1.2: 64 times T1. */
const TIMER_B_MS = 32_000
const kinds = (decisions: readonly ExplainedDecision[]): readonly RouteVerdict['kind'][] => decisions.map(({ verdict }) => verdict.kind)
const dials = (fromLineId: string, dialed: string) => ({ direction: 'originating', fromLineId, dialed }) as const

describe('explaining a call that is not made', () => {
  let rig: SwitchRig

  beforeEach(async () => {
    rig = await SwitchRig.start()
  })

  afterEach(async () => {
    try {
      await expectNothingLeft(rig)
    } finally {
      await rig.stop()
    }
  })

  it('names the phones that would ring, without the parameters of their contacts, and what would follow each of their answers', async () => {
    await rig.phone('bob-desk')
    const { decisions, endpoints, next } = explain(rig, 'account-1', dials('alice-desk', '2002'))
    expect(kinds(decisions)).toEqual(['ring'])
    expect(decisions[0]).toMatchObject({ accountId: 'account-1', accountVersion: 1, after: undefined })
    expect(endpoints).toMatchObject([
      { kind: 'line', lineId: 'bob-desk', contacts: [{ uri: expect.stringMatching(/^sip:bob-desk@127\.0\.0\.1:\d+$/), transport: 'udp' }] },
      { kind: 'line', lineId: 'bob-cell', contacts: [] },
    ])
    expect(next.map(({ after }) => after)).toEqual(['busy', 'no-answer', 'unregistered', 'declined', 'failed'])
    for (const { decisions: following } of next) expect(kinds(following)).toEqual(['reject'])
  })

  it('goes on by itself where nobody is registered, and into the other account of the partition', () => {
    expect(kinds(explain(rig, 'account-1', dials('alice-desk', '2002')).decisions)).toEqual(['ring', 'reject'])
    const { decisions } = explain(rig, 'account-1', dials('alice-desk', ZOE_NUMBER))
    expect(decisions.map(({ accountId }) => accountId)).toEqual(['account-1', 'account-2', 'account-2'])
    expect(decisions[2]?.after).toEqual({ target: 'user:zoe', outcome: 'unregistered', statusCode: 480 })
  })

  it('tells the second carrier after the first fails, and none after a busy', () => {
    const { endpoints, next } = explain(rig, 'account-1', dials('alice-desk', '6075550123'))
    expect(endpoints).toMatchObject([
      { kind: 'carrier', carrierId: 'pstn', name: 'pstn' },
      { kind: 'carrier', carrierId: 'backup' },
    ])
    expect(next.map(({ after, decisions }) => [after, ...kinds(decisions)])).toEqual([
      ['busy', 'reject'],
      ['failed', 'carrier', 'reject'],
      ['silent', 'carrier', 'reject'],
    ])
  })

  it('tells of an only carrier that says nothing what the caller hears in the end: 504, not the 503 of one that fails (RFC 3261 17.1.1.2)', async () => {
    await rig.stop()
    const sipTime = new ManualTime()
    rig = await SwitchRig.start({ sipTime })
    const [alice, ear, silent] = [await rig.phone('alice-desk'), await rig.ear(), await SilentPeer.open()]
    rig.furnish(({ carriers }) => ({ carriers: carriers.filter(({ id }) => id === 'pstn') }))
    const peers = rig.directory.peers.map((one) => (one.id === 'pstn' ? peer('pstn', silent.port, false) : one))
    rig.directory.peers.splice(0, Infinity, ...peers)
    const { decisions, next } = explain(rig, 'account-1', dials('alice-desk', '6075550123'))
    const caller = alice.call('6075550123', ear.description())
    await silent.reached()
    sipTime.advance(TIMER_B_MS)
    expect((await caller.saw('rejected')).statusCode).toBe(504)
    await rig.closed(1)
    silent.close()
    const compared = next.find(({ after }) => after === 'silent')?.decisions ?? []
    const real = (rig.switch.traceOf(rig.records[0]?.sessionId ?? '') ?? []).filter((event): event is Routed => event.type === 'routed')
    expect([...decisions, ...compared].map(plain)).toEqual(real.map(({ decision }) => decision))
    expect(next.find(({ after }) => after === 'failed')?.decisions.at(-1)?.verdict).toMatchObject({ statusCode: 503 })
  })

  it('911: the PSAP, its location and its callback number, whoever asks (C-58)', () => {
    const { decisions, endpoints } = explain(rig, 'account-1', dials('alice-desk', '911'))
    expect(decisions.at(-1)?.verdict).toMatchObject({ kind: 'emergency', callbackNumber: ALICE_NUMBER, location: { city: 'Lindon' } })
    expect(endpoints).toMatchObject([
      { kind: 'psap', carrierId: 'psap' },
      { kind: 'carrier', carrierId: 'pstn' },
      { kind: 'carrier', carrierId: 'backup' },
    ])
  })

  it('names who pays for a leg; what is refused is not called, and the caller hears it as in a call (S4-40)', () => {
    const question = { accountId: 'account-1', call: dials('alice-desk', '6075550123'), atMs: 0 }
    const [leg] = rig.switch.calls.explain(question).decisions[0]?.paid ?? []
    expect(leg).toMatchObject({ accountId: 'account-1', userId: 'alice', lineId: 'alice-desk', calledNumber: '16075550123', category: 'OffNet' })
    if (leg === undefined) throw new Error('nobody pays')
    const refused = rig.switch.calls.explain({ ...question, refusals: [{ ...leg, code: 'PlanMinutesExhausted' }] })
    expect(kinds(refused.decisions)).toEqual(['carrier'])
    expect(refused.decisions[0]?.paid?.[0]?.refusal).toEqual({ code: 'PlanMinutesExhausted', statusCode: 402, reasonPhrase: 'Payment Required' })
    expect([refused.endpoints, refused.next]).toEqual([[], []])
  })

  it('of several who would ring the one that nobody pays for is left out', async () => {
    await rig.phone('bob-desk')
    const snapshot = rig.directory.snapshots.get('account-1')
    const bob = snapshot?.users.get('bob')
    if (snapshot === undefined || bob === undefined) throw new Error('nobody')
    const rung = { toNumber: '6075550123', ringDelaySeconds: 0, ringDurationSeconds: undefined, continueOnBusy: true }
    const simultaneousRing = { numbers: [rung], noAnswer: bob.callHandling.noAnswer }
    const callHandling = { ...bob.callHandling, optionType: 'SimultaneousRing', simultaneousRing } as const
    const users = new Map(snapshot.users).set('bob', { ...bob, callHandling })
    rig.directory.snapshots.set('account-1', { ...snapshot, users })
    const question = { accountId: 'account-1', call: dials('alice-desk', '2002'), atMs: 0 }
    const before = rig.switch.calls.explain(question)
    expect(before.endpoints.map(({ kind }) => kind)).toEqual(['line', 'line', 'carrier', 'carrier'])
    const [leg] = before.decisions[0]?.paid ?? []
    expect(leg).toMatchObject({ userId: 'bob', lineId: undefined, sentOn: 'forwarded' })
    if (leg === undefined) throw new Error('nobody pays')
    const refused = rig.switch.calls.explain({ ...question, refusals: [{ ...leg, code: 'ForwardingNotAllowed' }] })
    expect(refused.endpoints.map(({ kind }) => kind)).toEqual(['line', 'line'])
  })

  it('who calls is in a call: at the other phones of a user without call waiting it is busy, also when a colleague sends it back there', async () => {
    const [desk] = [await rig.phone('bob-desk'), await rig.phone('bob-cell')]
    rig.furnish(({ users }) => {
      const [bob, carol] = [users.get('bob'), users.get('carol')]
      if (bob === undefined || carol === undefined) throw new Error('nobody')
      const alone = { ...bob, callHandling: { ...bob.callHandling, callWaitingEnabled: false } }
      const back = { ...carol, callHandling: { ...carol.callHandling, optionType: 'ForwardAlways', forwardAlwaysToNumber: '2002' } as const }
      return { users: new Map(users).set('bob', alone).set('carol', back) }
    })
    for (const dialed of ['2002', '2003']) {
      const { decisions } = explain(rig, 'account-1', dials('bob-desk', dialed))
      const before = rig.records.length
      expect((await desk.call(dialed, (await rig.ear()).description()).saw('rejected')).statusCode).toBe(486)
      await rig.closed(before + 1)
      const real = (rig.switch.traceOf(rig.records.at(-1)?.sessionId ?? '') ?? []).filter((event): event is Routed => event.type === 'routed')
      expect(decisions.map(plain)).toEqual(real.map(({ decision }) => decision))
    }
  })

  it('ends where two users forward to each other', () => {
    const forward = { type: 'Forward', forwardToNumber: '2002' } as const
    const snapshot = rig.directory.snapshots.get('account-1')
    const users = new Map(snapshot?.users)
    for (const [id, forwardAlwaysToNumber] of [
      ['bob', '2003'],
      ['carol', '2002'],
    ] as const) {
      const user = users.get(id)
      if (user !== undefined)
        users.set(id, { ...user, callHandling: { ...user.callHandling, unregistered: forward, optionType: 'ForwardAlways', forwardAlwaysToNumber } })
    }
    if (snapshot !== undefined) rig.directory.snapshots.set('account-1', { ...snapshot, users })
    const { decisions } = explain(rig, 'account-1', dials('alice-desk', '2002'))
    expect(decisions.at(-1)?.verdict).toMatchObject({ kind: 'reject', code: 'HopLimit' })
  })
})

/** Everything an explanation looks at. */
function circumstances(run: SimulationRun): unknown {
  return [...run.directory.snapshots].map(([id, snapshot]) => [
    id,
    [...snapshot.users],
    [...snapshot.lines.keys()].map((line) => run.switch.bindingsOf(line).map(({ contactUri }) => contactUri)),
  ])
}

function trailOf([first, ...rest]: readonly CallEvent[]): readonly RouteAttempt[] {
  if (first?.type !== 'started') throw new Error('a trace begins with the start of the call')
  return rest.reduce((step, event) => stepCall(step.state, event), startCall(first)).state.trail
}

const plain = ({ verdict, steps }: ExplainedDecision) => ({ ...verdict, steps })

/** What the switch decided, and what the explanation says it would: as far as the phones have answered one of the explained ways. */
function compare(
  trace: readonly CallEvent[],
  explanation: CallExplanation,
): { readonly real: unknown; readonly explained: unknown; readonly followed: number } {
  const real = trace.filter((event): event is Routed => event.type === 'routed').map(({ decision }) => decision)
  const sure = explanation.decisions.map(plain)
  const tried = trailOf(trace).slice(
    explanation.decisions.at(-1)?.after === undefined ? 0 : explanation.decisions.filter(({ verdict }) => verdict.kind !== 'on-net').length - 1,
  )
  const [first] = tried
  const isUniform = tried.every(({ outcome, statusCode }) => outcome === first?.outcome && statusCode === STATUSES[outcome])
  const next = isUniform ? explanation.next.find(({ after }) => after === first?.outcome) : undefined
  const explained = [...sure, ...(next?.decisions.map(plain) ?? [])]
  // A caller who gave up was not decided on any more.
  const length = Math.min(real.length, explained.length)
  return { real: real.slice(0, length), explained: explained.slice(0, length), followed: length - sure.length }
}

const STATUSES: Readonly<Record<string, number>> = { busy: 486, 'no-answer': 480, unregistered: 480, declined: 603, failed: 503 }
const DIALED = ['2001', '2002', '2002', '2003', ALICE_NUMBER, ZOE_NUMBER, '16075550123', '2999', '911', '933', '*99', '0'] as const

describe('the property that explain is what the switch does', () => {
  // A few at a time: none has more to do than a machine with other things to do gets done in its time.
  it.each([0, 1, 2, 3])(
    'every decision of every call of random platforms, and what followed when phones answered alike, was explained before (%i × 15)',
    async (block) => {
      let calls = 0
      let followed = 0
      for (let seed = block * 15 + 1; seed <= (block + 1) * 15; seed++) {
        const numbers = seededNumbers(seed).fork('explain')
        const run = new SimulationRun(seed, false)
        await run.switch.start()
        await run.stack.start()
        for (const phone of run.phones) await phone.start()
        const lines = run.phones.filter((phone) => phone.name in LINES)
        for (const phone of lines) if (numbers.chance(0.6)) void phone.register(3600)
        await run.time.run(40_000)
        for (let call = 0; call < 4; call++) {
          const before = circumstances(run)
          const known = new Set(run.records.map(({ sessionId }) => sessionId))
          const phone = lines[numbers.below(lines.length)]
          if (numbers.chance(0.2)) run.phones.find(({ name }) => name === 'pstn')?.callIn(numbers.pick([ALICE_NUMBER, ZOE_NUMBER]), 60_000)
          else phone?.call(numbers.pick(DIALED), 60_000)
          await run.time.run(700_000)
          if (JSON.stringify(before) !== JSON.stringify(circumstances(run))) continue
          for (const sessionId of new Set(run.records.map((record) => record.sessionId)).difference(known)) {
            const trace = run.switch.traceOf(sessionId) ?? []
            const [started] = trace
            if (started?.type !== 'started' || started.transfer !== undefined || started.joins !== undefined) continue
            const compared = compare(trace, explain(run, started.question.accountId, started.question.call, started.atMs))
            expect(compared.explained, `seed ${seed}`).toEqual(compared.real)
            calls++
            followed += Math.max(0, compared.followed)
          }
        }
        const stopped = run.switch.stop()
        await run.time.run(5_000)
        await stopped
        await run.stop()
      }
      // The corpus was one.
      expect(calls).toBeGreaterThan(20)
      expect(followed).toBeGreaterThan(2)
    },
    60_000,
  )
})

const LINES: Readonly<Record<string, true>> = { 'alice-desk': true, 'bob-desk': true, 'bob-cell': true, 'carol-desk': true, 'zoe-desk': true }
