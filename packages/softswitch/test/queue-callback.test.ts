import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MemoryDesk } from './memory-desk.ts'
import { queueOfCarol } from './queue-of-carol.ts'
import { SwitchRig } from './switch-rig.ts'
import { LOCATION } from './switch-tenants.ts'
import { expectNothingLeft, follow } from './talk.ts'

const QUEUE_NUMBER = '18015550109'
const CALLER = '16075551212'
const OFFER_HZ = 620
const CONFIRMED_HZ = 850
const CALLER_HZ = 440
const AGENT_HZ = 1_400

let rig: SwitchRig

beforeEach(async () => {
  rig = await SwitchRig.start({ services: new MemoryDesk({ 'queue-callback-offer': OFFER_HZ, 'queue-callback-confirmed': CONFIRMED_HZ }) })
  const reference = { referenceType: 'CALL_QUEUE', referenceId: 'queue', operationalStatus: 'ACTIVE' } as const
  const number = { number: QUEUE_NUMBER, ...reference, callerName: 'Support', emergencyAddress: LOCATION }
  rig.furnish((account) => ({
    services: { ...account.services, ...queueOfCarol({ offersCallback: true }) },
    numbers: new Map([...account.numbers, [QUEUE_NUMBER, number]]),
  }))
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

/** Calls the queue whose agent is not there, and chooses to be called back. */
async function asksForCallback(): Promise<void> {
  const ear = await rig.ear()
  const call = rig.pstn.callIn(QUEUE_NUMBER, ear.description(), [['From', `<sip:+${CALLER}@127.0.0.1>`]])
  const { body } = await call.saw('answered')
  ear.sing(CALLER_HZ, body)
  await ear.hears(OFFER_HZ)
  const confirmed = ear.hears(CONFIRMED_HZ)
  call.leg.info('application/dtmf-relay', 'Signal=1\r\nDuration=100\r\n')
  await confirmed
  await call.saw('bye')
}

async function passTime(until: Promise<unknown>): Promise<void> {
  let isDone = false
  void until.then(() => (isDone = true))
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve))
    rig.time.advance(10)
  }
}

describe('a caller of a queue who is called back (S0-50)', () => {
  it('when it is his turn an agent is rung, then he is, and is shown the number he had called; both hear each other', async () => {
    await asksForCallback()
    expect(rig.switch.calls.queueNow('queue', [])).toMatchObject({ waiting: 0, callbacks: 1 })
    const carol = await rig.phone('carol-desk')
    const ringing = carol.nextCall()
    await passTime(ringing)
    const atCarol = await ringing
    expect(atCarol.invite.request.header('From')).toContain(CALLER)
    const agentEar = await rig.ear()
    follow(atCarol, agentEar, AGENT_HZ)
    atCarol.invite.answer({ body: agentEar.description() })
    const atCaller = await rig.pstn.nextCall()
    expect(atCaller.invite.request.header('From')).toContain(QUEUE_NUMBER)
    const callerEar = await rig.ear()
    follow(atCaller, callerEar, CALLER_HZ)
    atCaller.invite.answer({ body: callerEar.description() })
    await atCaller.saw('acknowledged')
    callerEar.sing(CALLER_HZ, atCaller.invite.offered ?? '')
    await Promise.all([callerEar.hears(AGENT_HZ), agentEar.hears(CALLER_HZ)])
    expect(rig.switch.calls.queueNow('queue', []).callbacks).toBe(0)
    atCaller.leg.bye()
    await atCarol.saw('bye')
    await rig.closed(3)
    expect(rig.records.find(({ calledNumber, direction }) => direction === 'OUTBOUND' && calledNumber === CALLER)).toMatchObject({
      callingLineId: 'carol-desk',
      callingNumber: QUEUE_NUMBER,
      disposition: 'ANSWERED',
    })
    // Nobody is left to be looked for.
    rig.time.advance(2_000)
  })

  it('who calls again himself is not called back', async () => {
    await asksForCallback()
    const ear = await rig.ear()
    const again = rig.pstn.callIn(QUEUE_NUMBER, ear.description(), [['From', `<sip:+${CALLER}@127.0.0.1>`]])
    await again.saw('answered')
    expect(rig.switch.calls.queueNow('queue', [])).toMatchObject({ waiting: 1, callbacks: 0 })
    again.leg.bye()
    await rig.closed(2)
    rig.time.advance(2_000)
  })
})
