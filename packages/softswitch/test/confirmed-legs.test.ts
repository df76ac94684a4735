import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallHandling, RungNumber } from '@dialtone/call-routing'
import { MemoryDesk } from './memory-desk.ts'
import type { RtpEar } from './rtp-ear.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft, follow } from './talk.ts'
import type { HeardInvite, TestPhone } from './test-phone.ts'

const QUESTION_HZ = 620
const CALLER_HZ = 440
const OUTSIDE_HZ = 1_000
const OUTSIDE = '16075550123'

let rig: SwitchRig

beforeEach(async () => {
  rig = await SwitchRig.start({ services: new MemoryDesk({ 'confirm-call-keys': QUESTION_HZ }) })
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

function bobHandles(handling: Partial<CallHandling>): void {
  const before = rig.directory.snapshots.get('account-1')
  const bob = before?.users.get('bob')
  if (before === undefined || bob === undefined) throw new Error('the rig has other users')
  const users = new Map([...before.users, ['bob', { ...bob, callHandling: { ...bob.callHandling, ...handling } }]])
  rig.directory.snapshots.set('account-1', { ...before, users })
}

const outside: RungNumber = { toNumber: OUTSIDE, ringDelaySeconds: 0, ringDurationSeconds: undefined, continueOnBusy: true, confirms: true }
const together = { optionType: 'SimultaneousRing', simultaneousRing: { numbers: [outside], noAnswer: { type: 'Busy', timeoutSeconds: 10 } } } as const

/** The number outside is answered: whoever it is hears the question. */
async function answerOutside(ear: RtpEar): Promise<HeardInvite> {
  const call = await rig.pstn.nextCall()
  const question = ear.hears(QUESTION_HZ)
  call.invite.answer({ body: ear.descriptionWithEvents() })
  ear.sing(OUTSIDE_HZ, call.invite.offered ?? '')
  await question
  return call
}

async function dialBob(ear: RtpEar, from?: TestPhone) {
  const phone = from ?? (await rig.phone('alice-desk'))
  return phone.call('2002', ear.description())
}

describe('a number that is called for a user and has to confirm', () => {
  it('is connected by 1: the caller hears ringing until then, and talk is counted from then', async () => {
    bobHandles(together)
    const [own, callerEar, outsideEar] = [await rig.phone('bob-desk'), await rig.ear(), await rig.ear()]
    const caller = await dialBob(callerEar)
    const ringing = await own.nextCall()
    ringing.invite.progress(180)
    const far = await answerOutside(outsideEar)
    follow(far, outsideEar, OUTSIDE_HZ)
    expect([caller.count('answered'), ringing.count('cancelled')], 'nobody is connected, the phone rings on').toEqual([0, 0])
    rig.time.advance(3_000)
    outsideEar.press('1', far.invite.offered ?? '')
    const { body } = await caller.saw('answered')
    await ringing.saw('cancelled')
    callerEar.sing(CALLER_HZ, body)
    await Promise.all([callerEar.hears(OUTSIDE_HZ), outsideEar.hears(CALLER_HZ)])
    rig.time.advance(5_000)
    caller.leg.bye()
    await far.saw('bye')
    await rig.closed(2)
    const forward = rig.records.find(({ legType }) => legType === 'Forward')
    expect(forward).toMatchObject({ disposition: 'ANSWERED', calledNumber: OUTSIDE })
    expect((forward?.endedAtMs ?? 0) - (forward?.answeredAtMs ?? 0)).toBe(5_000)
  })

  it.each([
    [
      'refuses by 2',
      async (ear: RtpEar, far: HeardInvite) => {
        ear.press('2', far.invite.offered ?? '')
        await far.saw('bye')
      },
    ],
    ['hangs up', (_ear: RtpEar, far: HeardInvite) => Promise.resolve(far.leg.bye())],
  ])('%s: it was not answered, costs nothing, and the phone that still rings has the call', async (_how, refuse) => {
    bobHandles(together)
    const [own, callerEar, outsideEar, ownEar] = [await rig.phone('bob-desk'), await rig.ear(), await rig.ear(), await rig.ear()]
    const caller = await dialBob(callerEar)
    const ringing = await own.nextCall()
    ringing.invite.progress(180)
    const far = await answerOutside(outsideEar)
    await refuse(outsideEar, far)
    expect(ringing.count('cancelled')).toBe(0)
    ringing.invite.answer({ body: ownEar.description() })
    await caller.saw('answered')
    caller.leg.bye()
    await ringing.saw('bye')
    await rig.closed(2)
    const forward = rig.records.find(({ legType }) => legType === 'Forward')
    expect(forward).toMatchObject({ answeredAtMs: undefined })
    expect(forward?.disposition).not.toBe('ANSWERED')
    expect(rig.records.find(({ legType }) => legType !== 'Forward')).toMatchObject({ disposition: 'ANSWERED', calledLineId: 'bob-desk' })
  })

  it('is hung up when the own phone answers meanwhile, or the caller gives up', async () => {
    bobHandles(together)
    const [alice, own, callerEar, ownEar] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.ear(), await rig.ear()]
    const caller = await dialBob(callerEar, alice)
    const ringing = await own.nextCall()
    const far = await answerOutside(await rig.ear())
    ringing.invite.answer({ body: ownEar.description() })
    await far.saw('bye')
    await caller.saw('answered')
    caller.leg.bye()
    const again = await dialBob(await rig.ear(), alice)
    await own.nextCall()
    const second = await answerOutside(await rig.ear())
    again.cancel()
    await second.saw('bye')
    await rig.closed(4)
  })
})

describe('find me, follow me with confirmation', () => {
  it('goes on with the next one when the one who answered does not confirm, and its ring time does not cut the question', async () => {
    const endpoints = [
      { to: { kind: 'number', toNumber: OUTSIDE }, timeoutSeconds: 2, continueOnBusy: false, confirms: true },
      { to: { kind: 'own-devices' }, timeoutSeconds: 20, continueOnBusy: false },
    ] as const
    bobHandles({ optionType: 'FindMeFollowMe', findMe: { endpoints, timeoutType: 'Busy' } })
    const [own, callerEar, outsideEar, ownEar] = [await rig.phone('bob-desk'), await rig.ear(), await rig.ear(), await rig.ear()]
    const caller = await dialBob(callerEar)
    const far = await answerOutside(outsideEar)
    await caller.saw('progress')
    rig.time.advance(2_500)
    expect([far.count('bye'), own.invites.length]).toEqual([0, 0])
    outsideEar.press('2', far.invite.offered ?? '')
    await far.saw('bye')
    const ringing = await own.nextCall()
    ringing.invite.answer({ body: ownEar.description() })
    await caller.saw('answered')
    caller.leg.bye()
    await ringing.saw('bye')
    await rig.closed(2)
    expect(rig.records.find(({ legType }) => legType === 'Forward')).toMatchObject({ answeredAtMs: undefined, disposition: 'NO_ANSWER' })
  })
})
