import type { RoutingSnapshot } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import type { CallState, LegPhase, LegState } from '../calls/state/call-state.ts'
import { NO_TRANSFER } from '../calls/state/transfer-state.ts'
import { DialogWatch } from './dialog-watch.ts'
import { formatDialogInfo } from './dialog-info.ts'

const snapshot = {
  lines: new Map([
    ['alice-desk', { userId: 'alice' }],
    ['bob-desk', { userId: 'bob' }],
    ['bob-cell', { userId: 'bob' }],
  ]),
  users: new Map([
    ['alice', { lineIds: ['alice-desk'] }],
    ['bob', { lineIds: ['bob-desk', 'bob-cell'] }],
  ]),
} as unknown as RoutingSnapshot

interface Look {
  readonly callerLeg?: CallState['callerLeg']
  readonly ringingAtMs?: number
  readonly phase?: CallState['phase']
  readonly anonymous?: boolean
  readonly legs?: readonly (readonly [string, LegPhase])[]
}

/** A call from Alice to Bob, as far as watchers look at it. */
function call(look: Look = {}): CallState {
  const caller = { number: '2001', name: 'Alice <Adams>', anonymous: look.anonymous ?? false }
  const legs = (look.legs ?? []).map(([lineId, phase]) => ({ plan: { kind: 'line', lineId }, phase }) as unknown as LegState)
  return {
    sessionId: 'session-1',
    phase: look.phase ?? 'setup',
    callerLeg: look.callerLeg ?? 'early',
    ringingAtMs: look.ringingAtMs,
    origin: { kind: 'line', lineId: 'alice-desk', userId: 'alice', number: '2001', name: 'Alice', dialed: '2002' },
    accounts: [{ accountId: 'account-1', caller, calledNumber: '2002' }],
    question: { accountId: 'account-1' },
    transfer: NO_TRANSFER,
    legs,
  } as unknown as CallState
}

function setUp(calls: readonly CallState[] = []) {
  const watch = new DialogWatch({ snapshotOf: (id) => (id === 'account-1' ? snapshot : undefined), calls: () => calls, realm: 'dialtone.test' })
  const bodies: string[] = []
  const watcher = { entity: 'sip:2002@dialtone.test', notify: (document: () => { body: string }) => void bodies.push(document().body) }
  return { watch, bodies, watcher }
}

const BOB = { accountId: 'account-1', place: { kind: 'user', id: 'bob' } } as const
const told = (body = ''): unknown => ({
  version: /version="(\d+)"/.exec(body)?.[1],
  state: /state="(\w+)"/.exec(body)?.[1],
  dialogs: [...body.matchAll(/direction="(\w+)"><state>(\w+)</g)].map(([, direction, state]) => `${direction} ${state}`),
})

describe('DialogWatch (RFC 4235)', () => {
  it('tells the whole state first, then what changed, each document numbered (3.9, 4.1)', () => {
    const { watch, bodies, watcher } = setUp()
    const watching = watch.watch(BOB, watcher)
    watching.refresh()
    watch.observe(call({ legs: [['bob-desk', 'starting']] }))
    watch.observe(call({ legs: [['bob-desk', 'ringing']] }))
    watch.observe(call({ legs: [['bob-desk', 'answered']], phase: 'talking', callerLeg: 'answered' }))
    watch.observe(call({ legs: [['bob-desk', 'over']], phase: 'over', callerLeg: 'over' }))
    expect(bodies.map(told)).toEqual([
      { version: '0', state: 'full', dialogs: [] },
      { version: '1', state: 'partial', dialogs: ['recipient trying'] },
      { version: '2', state: 'partial', dialogs: ['recipient early'] },
      { version: '3', state: 'partial', dialogs: ['recipient confirmed'] },
      { version: '4', state: 'partial', dialogs: ['recipient terminated'] },
    ])
    watching.refresh()
    expect(told(bodies[5])).toEqual({ version: '5', state: 'full', dialogs: [] })
  })

  it('of two phones that ring the one that did not answer is terminated', () => {
    const { watch, bodies, watcher } = setUp()
    watch.watch(BOB, watcher).refresh()
    const both = (desk: LegPhase, cell: LegPhase) =>
      call({
        legs: [
          ['bob-desk', desk],
          ['bob-cell', cell],
        ],
      })
    watch.observe(both('ringing', 'ringing'))
    watch.observe(both('answered', 'cancelling'))
    expect(bodies.slice(1).map(told)).toEqual([
      { version: '1', state: 'partial', dialogs: ['recipient early', 'recipient early'] },
      { version: '2', state: 'partial', dialogs: ['recipient terminated', 'recipient confirmed'] },
    ])
  })

  it('the one who calls is an initiator: trying, early, confirmed (3.7.1)', () => {
    const { watch, bodies, watcher } = setUp()
    watch.watch({ accountId: 'account-1', place: { kind: 'user', id: 'alice' } }, watcher).refresh()
    watch.observe(call())
    watch.observe(call({ ringingAtMs: 1 }))
    watch.observe(call({ callerLeg: 'answered', phase: 'talking' }))
    expect(bodies.slice(1).map((body) => (told(body) as { dialogs: unknown }).dialogs)).toEqual([
      ['initiator trying'],
      ['initiator early'],
      ['initiator confirmed'],
    ])
    expect(bodies[1]).toContain('<identity>sip:2002@dialtone.test</identity>')
  })

  it('who subscribes in the middle of a call sees it', () => {
    const { watch, bodies, watcher } = setUp([call({ legs: [['bob-desk', 'answered']], phase: 'talking', callerLeg: 'answered' })])
    watch.watch(BOB, watcher).refresh()
    expect(told(bodies[0])).toEqual({ version: '0', state: 'full', dialogs: ['recipient confirmed'] })
  })

  it('several changes that wait for one NOTIFY are told together, and none is lost', () => {
    const { watch } = setUp()
    const waiting: (() => { body: string })[] = []
    watch.watch(BOB, { entity: 'sip:2002@x', notify: (document) => void waiting.push(document) }).refresh()
    waiting.shift()?.()
    watch.observe(call({ legs: [['bob-desk', 'ringing']] }))
    watch.observe(call({ legs: [['bob-desk', 'over']], phase: 'over' }))
    watch.observe({ ...call({ legs: [['bob-cell', 'ringing']] }), sessionId: 'session-2' })
    expect(told(waiting.at(-1)?.().body)).toEqual({ version: '1', state: 'partial', dialogs: ['recipient early'] })
  })

  it('a caller who hides is hidden from watchers too, and what the document contains is escaped', () => {
    const { watch, bodies, watcher } = setUp()
    watch.watch(BOB, watcher).refresh()
    watch.observe(call({ legs: [['bob-desk', 'ringing']] }))
    expect(bodies[1]).toContain('<identity display="Alice &lt;Adams&gt;">sip:2001@dialtone.test</identity>')
    watch.observe(call({ legs: [['bob-desk', 'ringing']], anonymous: true }))
    expect(bodies[2]).not.toContain('2001')
    expect(formatDialogInfo({ version: 1, state: 'full', entity: 'sip:"\u0007&\ud800@x', dialogs: [] })).toContain('entity="sip:&quot; &amp;\ufffd@x"')
  })

  it('keeps nothing of users nobody watches any more, and looks at no call while nobody watches', () => {
    const { watch, bodies, watcher } = setUp()
    const watching = watch.watch(BOB, watcher)
    watch.observe(call({ legs: [['bob-desk', 'ringing']] }))
    watching.end()
    expect(watch.size).toBe(0)
    const untouched = new Proxy(call(), {
      get: () => {
        throw new Error('looked at')
      },
    })
    watch.observe(untouched)
    expect(bodies.length).toBe(1)
  })

  it('a user of another account with the same id sees nothing', () => {
    const { watch, bodies, watcher } = setUp()
    watch.watch({ accountId: 'account-2', place: { kind: 'user', id: 'bob' } }, watcher)
    watch.observe(call({ legs: [['bob-desk', 'ringing']] }))
    expect(bodies).toEqual([])
  })
})
