import type { MenuStep, ServiceOrder } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import type { ServiceEnd, ServiceReply, ServiceRequest } from '../service-program.ts'
import { walkMenu } from './walk-menu.ts'

const failure = { id: 'f', timeoutSeconds: 3, invalid: [], attempts: 2 }
const menu = {
  id: 'm',
  kind: 'menu',
  greeting: [],
  isGreetingInterruptible: true,
  prompt: [],
  repeatSeconds: 3,
  choices: { 1: 'd1', 2: 'd2' },
  failure,
} as const

function order(steps: readonly MenuStep[], next: Readonly<Record<string, string>>, more: Partial<Extract<ServiceOrder, { kind: 'menu' }>> = {}) {
  const tree = { id: 'ivr', name: 'Main', entryId: 'in', steps: Object.fromEntries(steps.map((step) => [step.id, step])), next }
  return { kind: 'menu', menu: tree, rulesInForce: [], directory: [], ...more } as const
}

/** Plays the program: each request is answered by the next reply. */
function play(
  asked: ReturnType<typeof order>,
  ...replies: readonly ServiceReply[]
): { readonly requests: readonly ServiceRequest[]; readonly end: ServiceEnd | undefined } {
  const program = walkMenu(asked)
  const requests: ServiceRequest[] = []
  let step = program.next({})
  for (const reply of replies) {
    if (step.done === true) break
    requests.push(step.value)
    step = program.next(reply)
  }
  return { requests, end: step.done === true ? step.value : undefined }
}

const silent: ServiceReply = {}
const said = (promptId: string): ServiceRequest => ({ kind: 'play', phrases: [{ kind: 'prompt', promptId }], interruptedBy: '' })
const toBob = { kind: 'go', to: { referenceType: 'END_USER', referenceId: 'bob' } } as const

describe('a menu tree', () => {
  const steps: readonly MenuStep[] = [{ id: 'in', kind: 'pass' }, menu, { id: 'bob', ...toBob }, { id: 'end', kind: 'hang-up', goodbye: [] }]
  const next = { in: 'm', d1: 'bob', f: 'end' }

  it('leads where a key leads (S0-56)', () => {
    expect(play(order(steps, next), { key: '1' }).end).toEqual(toBob)
  })

  it('asks as often as it may, then takes the way of failure', () => {
    const { requests, end } = play(order(steps, next), silent, silent, silent, { key: '9' }, silent, silent)
    expect(requests.map((request) => request.kind)).toEqual(['play', 'key', 'play', 'play', 'play', 'play'])
    expect(end).toEqual({ kind: 'hangup' })
  })

  it('goes on by the rule of time that holds, else by the way of the schedule itself', () => {
    const timed: readonly MenuStep[] = [
      {
        id: 'in',
        kind: 'schedule',
        rules: [
          { id: 'open', hours: [] },
          { id: 'late', hours: [] },
        ],
      },
      { id: 'bob', ...toBob },
      steps[3] ?? menu,
    ]
    const ways = { open: 'bob', in: 'end' }
    expect(play(order(timed, ways, { rulesInForce: ['open'] })).end).toEqual(toBob)
    expect(play(order(timed, ways), silent).end).toEqual({ kind: 'hangup' })
  })

  it('of several rules of time that hold the first in force decides, wherever it stands in the schedule', () => {
    const rules = ['week', 'holiday'].map((id) => ({ id, hours: [] }))
    const timed: readonly MenuStep[] = [{ id: 'in', kind: 'schedule', rules }, { id: 'bob', ...toBob }, steps[3] ?? menu]
    expect(play(order(timed, { week: 'end', holiday: 'bob' }, { rulesInForce: ['holiday', 'week'] })).end).toEqual(toBob)
  })

  it('finds people by the keys of their names, and lets the caller choose', () => {
    const directory = [
      { userId: 'ann', extension: '4001', keys: '23266' },
      { userId: 'bob', extension: '4002', keys: '23292' },
      { userId: 'zoe', extension: '4003', keys: '99999' },
    ]
    const asks: readonly MenuStep[] = [{ id: 'in', kind: 'directory', intro: [], invalid: [], by: 'NAME' }]
    const { end } = play(order(asks, {}, { directory }), { key: '2' }, { key: '3' }, { key: '2' }, { key: '2' })
    expect(end).toEqual(toBob)
  })

  it('rings a group and goes on when nobody answers', () => {
    const to = { referenceType: 'HUNT_GROUP', referenceId: 'g' }
    const rings: readonly MenuStep[] = [
      { id: 'in', kind: 'ring', to, timeoutSeconds: 20, otherwise: 'bob' },
      { id: 'bob', ...toBob },
    ]
    const { requests, end } = play(order(rings, {}), { outcome: 'no-answer' })
    expect(requests).toEqual([{ kind: 'ring', to, timeoutMs: 20_000 }])
    expect(end).toEqual(toBob)
  })

  it.each([
    ['busy', 'called-busy'],
    ['no-answer', 'called-no-answer'],
    ['unregistered', 'called-not-available'],
    ['failed', 'not-available-now'],
  ] as const)('tells why when nobody of a group answers (%s) and nothing is set for that', (outcome, promptId) => {
    const rings: readonly MenuStep[] = [
      { id: 'in', kind: 'ring', to: { referenceType: 'HUNT_GROUP', referenceId: 'g' }, timeoutSeconds: 20, otherwise: undefined },
    ]
    const { requests, end } = play(order(rings, {}), { outcome }, {})
    expect([requests[1], end]).toEqual([said(promptId), { kind: 'hangup' }])
  })

  it('hangs up nobody without a word: whose key leads nowhere, and who has pressed none', () => {
    const chosen = play(order([menu], {}, { menu: { ...order([menu], {}).menu, entryId: 'm' } }), { key: '1' }, {})
    expect([chosen.requests.at(-1), chosen.end]).toEqual([said('not-available-now'), { kind: 'hangup' }])
    const none = play(order([menu], {}, { menu: { ...order([menu], {}).menu, entryId: 'm' } }), ...Array.from({ length: 7 }, () => silent))
    expect([none.requests.at(-1), none.end]).toEqual([said('ivr-goodbye'), { kind: 'hangup' }])
  })

  it('that leads round for ever ends', () => {
    const round: readonly MenuStep[] = [
      { id: 'in', kind: 'pass' },
      { id: 'b', kind: 'pass' },
    ]
    const { requests, end } = play(order(round, { in: 'b', b: 'in' }), {})
    expect([requests, end]).toEqual([[said('not-available-now')], { kind: 'hangup' }])
  })
})
