import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MemoryDesk } from './memory-desk.ts'
import type { RtpEar } from './rtp-ear.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft, hearEachOther, talk } from './talk.ts'
import type { HeardLeg } from './test-phone.ts'

const MUSIC_HZ = 620
const CALLER_HZ = 440
const CALLEE_HZ = 1_000

let rig: SwitchRig

beforeEach(async () => {
  rig = await SwitchRig.start({ services: new MemoryDesk({ 'system-hold-music': MUSIC_HZ }) })
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

/** A phone that answers what it is offered as RFC 3264 6.1 says. */
function obey(heard: HeardLeg, ear: RtpEar): string[] {
  const offered: string[] = []
  let version = 1
  const answers: Readonly<Record<string, string>> = { sendonly: 'recvonly', inactive: 'inactive', recvonly: 'sendonly' }
  heard.onReinvite = ({ body = '', answer }) => {
    const direction = /^a=(sendonly|inactive|recvonly)/m.exec(body)?.[1] ?? 'sendrecv'
    offered.push(direction)
    answer(ear.description(answers[direction] ?? 'sendrecv', ++version))
  }
  return offered
}

/** A re-INVITE. @returns the direction of the answer */
async function reinvite({ leg, next }: { readonly leg: HeardLeg['leg']; next: HeardLeg['next'] }, description: string): Promise<string> {
  const answered = next('reinviteAnswered')
  leg.reinvite(description)
  return /^a=(\w+)/m.exec((await answered).body)?.[1] ?? 'sendrecv'
}

describe('music on hold (S1-40, RFC 6337 5.3)', () => {
  it.each([
    ['caller', 'sendonly'],
    ['caller', 'inactive'],
    ['callee', 'sendonly'],
    ['callee', 'inactive'],
  ] as const)('the %s holds by %s: the other hears music, and the holder again after the resume', async (holder, direction) => {
    const call = await talk(rig, await rig.phone('alice-desk'), '2002', await rig.phone('bob-desk'))
    await hearEachOther(call)
    const [holding, held] = holder === 'caller' ? [call.caller, call.callee] : [call.callee, call.caller]
    const [holdingEar, heldEar] = holder === 'caller' ? [call.callerEar, call.calleeEar] : [call.calleeEar, call.callerEar]
    const [holderHz, heldHz] = holder === 'caller' ? [CALLER_HZ, CALLEE_HZ] : [CALLEE_HZ, CALLER_HZ]
    const offered = obey(held, heldEar)
    const music = heldEar.hears(MUSIC_HZ)
    const answer = await reinvite({ leg: holding.leg, next: (type) => holding.next(type) }, holdingEar.description(direction, 2))
    expect([offered, answer]).toEqual([['sendonly'], direction === 'sendonly' ? 'recvonly' : 'inactive'])
    await music
    const [again, back] = [heldEar.hears(holderHz), holdingEar.hears(heldHz)]
    await reinvite({ leg: holding.leg, next: (type) => holding.next(type) }, holdingEar.description('sendrecv', 3))
    await Promise.all([again, back])
    expect([heldEar.ssrcs.size, heldEar.steppedBack], 'one stream, whoever speaks in it').toEqual([1, 0])
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('both hold: who resumes first hears the music of the other one', async () => {
    const call = await talk(rig, await rig.phone('alice-desk'), '2002', await rig.phone('bob-desk'))
    await hearEachOther(call)
    obey(call.callee, call.calleeEar)
    await reinvite({ leg: call.caller.leg, next: (type) => call.caller.next(type) }, call.callerEar.description('sendonly', 2))
    call.caller.onReinvite = ({ answer }) => answer(call.callerEar.description('inactive', 3))
    await reinvite({ leg: call.callee.leg, next: (type) => call.callee.next(type) }, call.calleeEar.description('inactive', 7))
    call.caller.onReinvite = ({ answer }) => answer(call.callerEar.description('sendonly', 4))
    const music = call.calleeEar.hears(MUSIC_HZ)
    expect(await reinvite({ leg: call.callee.leg, next: (type) => call.callee.next(type) }, call.calleeEar.description('sendrecv', 8))).toBe('sendonly')
    await music
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })
})
