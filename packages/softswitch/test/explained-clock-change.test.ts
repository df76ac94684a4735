import type { HandlingSchedule, MenuHours } from '@dialtone/call-routing'
import { afterEach, describe, expect, it } from 'vitest'
import type { CallEvent, ExplainedDecision } from '../src/index.ts'
import { MemoryDesk } from './memory-desk.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft } from './talk.ts'

type Routed = Extract<CallEvent, { type: 'routed' }>

/** Where the clocks go forward at 02:00 and back at 02:00, both times on a Sunday. */
const ZONE = 'US/Mountain'
const MENU = '2100'
const BOB = '2002'
/** Before the first call. */
const LEAD_MS = 60_000

const clock = (text: string): number => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 3600 + minutes * 60
}

/** Hours by the clock on the wall; moments in UTC, what the clock shows then, and whose phone rings. */
const DAYS = [
  {
    day: 'forward: there is no 02:30',
    opens: '02:30',
    closes: '04:00',
    calls: [
      ['2026-03-08T08:29:59Z', '01:29', 'bob'],
      ['2026-03-08T08:59:59Z', '01:59', 'bob'],
      ['2026-03-08T09:00:00Z', '03:00', 'carol'],
      ['2026-03-08T09:30:00Z', '03:30', 'carol'],
      ['2026-03-08T10:00:00Z', '04:00', 'bob'],
    ],
  },
  {
    day: 'forward, within the hour that is not there',
    opens: '02:30',
    closes: '02:45',
    calls: [
      ['2026-03-08T08:59:59Z', '01:59', 'bob'],
      ['2026-03-08T09:00:00Z', '03:00', 'bob'],
      ['2026-03-08T09:30:00Z', '03:30', 'bob'],
    ],
  },
  {
    day: 'back: 01:30 is there twice, and closed in between',
    opens: '01:30',
    closes: '02:30',
    calls: [
      ['2026-11-01T07:29:59Z', '01:29', 'bob'],
      ['2026-11-01T07:30:00Z', '01:30', 'carol'],
      ['2026-11-01T07:59:59Z', '01:59', 'carol'],
      ['2026-11-01T08:00:00Z', '01:00', 'bob'],
      ['2026-11-01T08:30:00Z', '01:30', 'carol'],
      ['2026-11-01T09:29:59Z', '02:29', 'carol'],
      ['2026-11-01T09:30:00Z', '02:30', 'bob'],
    ],
  },
  {
    day: 'back: 02:30 is there once',
    opens: '02:30',
    closes: '04:00',
    calls: [
      ['2026-11-01T08:30:00Z', '01:30', 'bob'],
      ['2026-11-01T09:29:59Z', '02:29', 'bob'],
      ['2026-11-01T09:30:00Z', '02:30', 'carol'],
      ['2026-11-01T11:00:00Z', '04:00', 'bob'],
    ],
  },
] as const

const plain = ({ verdict, steps }: ExplainedDecision) => ({ ...verdict, steps })

describe('explaining a call to a user or a menu for a time about which the clocks change', () => {
  let rig: SwitchRig

  afterEach(async () => {
    try {
      await expectNothingLeft(rig)
    } finally {
      await rig.stop()
    }
  })

  /** Within these hours Bob is sent on to Carol, and so is the menu. */
  function furnish(hours: { readonly startSecond: number; readonly endSecond: number }): void {
    const target = (id: string) => ({ kind: 'go', id, to: { referenceType: 'END_USER', referenceId: id } }) as const
    const open: MenuHours = { day: 'SUN', ...hours }
    const asks = { kind: 'schedule', id: 'asks', rules: [{ id: 'open', hours: [open] }] } as const
    const steps = { asks, bob: target('bob'), carol: target('carol') }
    const menu = { id: 'menu', name: 'Menu', entryId: 'asks', steps, next: { asks: 'bob', open: 'carol' } }
    rig.furnish(({ users, services }) => {
      const bob = users.get('bob')
      if (bob === undefined) throw new Error('nobody')
      const callHandling = { ...bob.callHandling, optionType: 'ForwardAlways', forwardAlwaysToNumber: '2003' } as const
      const schedule: HandlingSchedule = { name: 'Night', spans: [{ day: 'SUN', ...hours }], callHandling }
      return {
        timeZone: ZONE,
        users: new Map(users).set('bob', { ...bob, schedules: [schedule], timeZone: ZONE }),
        services: { ...services, targetByExtension: new Map([[MENU, { referenceType: 'IVR', referenceId: 'menu' }]]), menus: new Map([['menu', menu]]) },
      }
    })
  }

  it.each(DAYS)('$day: beforehand it says what the switch does then', async ({ opens, closes, calls }) => {
    rig = await SwitchRig.start({ startMs: Date.parse(calls[0][0]) - LEAD_MS, services: new MemoryDesk({}) })
    furnish({ startSecond: clock(opens), endSecond: clock(closes) })
    const phones = { alice: await rig.phone('alice-desk'), bob: await rig.phone('bob-desk'), carol: await rig.phone('carol-desk') }
    const wayTo = (dialed: string, atMs: number) =>
      rig.switch.calls.explain({ accountId: 'account-1', call: { direction: 'originating', fromLineId: 'alice-desk', dialed }, atMs }).decisions
    const beforehand = calls.map(([moment]) => [BOB, MENU].map((dialed) => wayTo(dialed, Date.parse(moment)).map(plain)))
    const rung = { bob: 0, carol: 0 }
    for (const [index, [moment, wall, rings]] of calls.entries()) {
      rig.time.advance(Date.parse(moment) - rig.time.nowMs())
      // What they registered with before lasts for minutes.
      for (const phone of Object.values(phones)) await phone.register()
      for (const [place, dialed] of [BOB, MENU].entries()) {
        const before = rig.records.length
        const caller = phones.alice.call(dialed, (await rig.ear()).description())
        rung[rings]++
        const invites = (): readonly number[] => [phones.bob, phones.carol].map((phone) => phone.invites.length)
        await expect.poll(invites, { message: `${moment}: ${rings} rings` }).toEqual([rung.bob, rung.carol])
        const ringing = await phones[rings].nextCall()
        ringing.invite.answer({ body: (await rig.ear()).description() })
        await ringing.saw('acknowledged')
        await caller.saw('answered')
        caller.leg.bye()
        await ringing.saw('bye')
        await rig.closed(before + 1)
        const trace = rig.switch.traceOf(rig.records.at(-1)?.sessionId ?? '') ?? []
        const real = trace.filter((event): event is Routed => event.type === 'routed').map(({ decision }) => decision)
        const explained = beforehand[index]?.[place] ?? []
        expect(real.slice(0, explained.length), `${moment}, ${wall} on the wall`).toEqual(explained)
      }
    }
  })
})
