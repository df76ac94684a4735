import { expect, vi } from 'vitest'
import type { RtpEar } from './rtp-ear.ts'
import type { SwitchRig } from './switch-rig.ts'
import type { HeardInvite, HeardLeg, TestPhone } from './test-phone.ts'

export interface Talk {
  readonly caller: HeardLeg
  readonly callee: HeardInvite
  readonly callerEar: RtpEar
  readonly calleeEar: RtpEar
  /** What the caller was answered with. */
  readonly answer: string
}

/** `from` dials, `to` answers; both have agreed on session descriptions when it resolves. */
export async function talk(rig: SwitchRig, from: TestPhone, dialed: string, to: TestPhone): Promise<Talk> {
  const callerEar = await rig.ear()
  const calleeEar = await rig.ear()
  const caller = from.call(dialed, callerEar.description())
  const callee = await to.nextCall()
  callee.invite.progress(180)
  await caller.saw('progress')
  callee.invite.answer({ body: calleeEar.description() })
  const { body } = await caller.saw('answered')
  await callee.saw('acknowledged')
  return { caller, callee, callerEar, calleeEar, answer: body }
}

/** A phone that takes every offer and sings on, to where it is told. */
export function follow(heard: HeardLeg, ear: RtpEar, frequencyHz: number): void {
  let version = 1
  heard.onReinvite = ({ body, answer }) => {
    if (body !== undefined) ear.sing(frequencyHz, body)
    answer(ear.description('sendrecv', ++version))
  }
}

/** Each end sends its own tone and hears that of the other, through the media engine. */
export async function hearEachOther({ callerEar, calleeEar, callee, answer }: Talk): Promise<void> {
  callerEar.sing(440, answer)
  calleeEar.sing(1_000, callee.invite.offered ?? '')
  await Promise.all([calleeEar.hears(440), callerEar.hears(1_000)])
}

/** Nothing is left of any call: no call, no leg, no media session, and once nobody is registered no timer. */
export async function expectIdle(rig: SwitchRig): Promise<void> {
  for (const lineId of rig.directory.lines.keys()) rig.switch.dropBindings(lineId)
  await vi.waitFor(() => expect(rig.switch.statistics).toMatchObject({ calls: 0, legs: 0, mediaSessions: 0, timers: 0 }), { timeout: 5_000, interval: 10 })
}

/** The same, and the records are one per call per account, and each is closed once. */
export async function expectNothingLeft(rig: SwitchRig): Promise<void> {
  await expectIdle(rig)
  const views = rig.records.map((record) => (record.legType === 'Forward' ? record.id : `${record.sessionId} ${record.accountId}`))
  expect(new Set(views).size).toBe(views.length)
  expect(new Set(rig.records.map((record) => record.sessionId)).size).toBe(rig.switch.statistics.callsStarted)
  expect(rig.records.filter((record) => record.endedAtMs === undefined)).toEqual([])
}
