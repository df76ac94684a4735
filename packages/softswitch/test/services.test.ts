import { afterEach, describe, expect, it } from 'vitest'
import { hearsTone } from '@dialtone/media'
import { MemoryDesk } from './memory-desk.ts'
import { ALICE_NUMBER } from './switch-tenants.ts'
import { SwitchRig } from './switch-rig.ts'
import type { RigOptions } from './switch-rig.ts'

const BOX = 'box-alice'
/** Every prompt is a tone of its own here. */
const GREETING_HZ = 620
const SAVED_HZ = 850
const TONES: Readonly<Record<string, number>> = { 'vm-default-greeting': GREETING_HZ, 'vm-message-saved': SAVED_HZ }
const BEEP_HZ = 1000
const VOICE_HZ = 440

let rig: SwitchRig
let desk: MemoryDesk

afterEach(() => rig.stop())

async function startWithBox(options: RigOptions = {}): Promise<void> {
  desk = new MemoryDesk(TONES)
  rig = await SwitchRig.start({ services: desk, ...options })
  rig.furnish((account) => ({
    users: new Map([...account.users].map(([id, user]) => [id, id === 'alice' ? { ...user, voicemailBoxId: BOX } : user])),
    services: { ...account.services, voicemailBoxes: new Map([[BOX, { id: BOX, name: 'Alice', language: 'en-US' }]]) },
  }))
}

function soundsOnce(chunks: readonly Uint8Array[] = [], frequencyHz: number): boolean {
  const pcm = Buffer.concat(chunks)
  const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2)
  const fifths = Array.from({ length: Math.floor(samples.length / 1600) }, (_, index) => samples.subarray(index * 1600, (index + 1) * 1600))
  return fifths.some((fifth) => hearsTone(fifth, [frequencyHz]))
}

describe('a call that the platform takes itself', () => {
  it('hears the greeting and the tone, and what it says is kept when it hangs up (S0-51)', async () => {
    await startWithBox()
    const ear = await rig.ear()
    const greeting = ear.hears(GREETING_HZ)
    const call = rig.pstn.callIn(ALICE_NUMBER, ear.description(), [['From', '<sip:+16075551212@127.0.0.1>']])
    const answer = await call.saw('answered')
    expect(rig.checkpoints.map(({ dialogs }) => dialogs?.map((leg) => ('dialog' in leg ? leg.dialog.remoteTag : leg.invite)))).toEqual([[call.leg.id]])
    ear.sing(VOICE_HZ, answer.body)
    await greeting
    await ear.hears(BEEP_HZ)
    const enough = ear.received + 100
    while (ear.received < enough) await new Promise((resolve) => setImmediate(resolve))
    call.leg.bye()
    await desk.deposited()
    await rig.closed(1)
    const [message] = desk.deposits
    expect(message).toMatchObject({ boxId: BOX, caller: { number: '16075551212' } })
    expect(soundsOnce(message?.pcm, VOICE_HZ)).toBe(true)
    expect(message?.durationMs).toBeGreaterThan(1_000)
    expect(rig.records).toMatchObject([{ disposition: 'ANSWERED', hangupBy: 'caller', sipStatusCode: 200, direction: 'INBOUND' }])
  })

  it('takes a call whose media went past it while a phone rang: from then on it goes through it, in the session the caller knows', async () => {
    await startWithBox({ anchoring: 'never' })
    const [phone, ear, phoneEar] = [await rig.phone('alice-desk'), await rig.ear(), await rig.ear()]
    const greeting = ear.hears(GREETING_HZ)
    const call = rig.pstn.callIn(ALICE_NUMBER, ear.description(), [['From', '<sip:+16075551212@127.0.0.1>']])
    const ringing = await phone.nextCall()
    expect(ringing.invite.offered, 'the phones would speak to each other').toContain(`m=audio ${ear.port} `)
    ringing.invite.progress(183, { body: phoneEar.description() })
    const early = await call.sawWhere('progress', ({ body }) => body !== undefined)
    rig.time.advance(20_000)
    await ringing.saw('cancelled')
    await call.saw('answered')
    // The early answer was reliable: what holds now comes as an offer (RFC 3262 5), of the same session (RFC 3264 8).
    const { body: offered = '', answer } = await call.saw('reinvite')
    answer(ear.description('sendrecv', 2))
    ear.sing(VOICE_HZ, offered)
    await greeting
    await ear.hears(BEEP_HZ)
    const originOf = (sdp = '') => /^o=(\S+ \S+) (\d+)/m.exec(sdp)?.slice(1)
    const [before, after] = [originOf(early.body), originOf(offered)]
    expect(after?.[0]).toBe(before?.[0])
    expect(Number(after?.[1])).toBeGreaterThan(Number(before?.[1]))
    const enough = ear.received + 100
    while (ear.received < enough) await new Promise((resolve) => setImmediate(resolve))
    call.leg.bye()
    await desk.deposited()
    await rig.closed(1)
    expect(rig.records).toMatchObject([{ disposition: 'ANSWERED', hangupBy: 'caller' }])
    expect(soundsOnce(desk.deposits[0]?.pcm, VOICE_HZ), 'what it said came to us').toBe(true)
    expect(rig.switch.statistics.mediaSessions).toBe(0)
  })

  it('ends a call that services send on to each other for ever, and goes on working', async () => {
    desk = new MemoryDesk(TONES)
    rig = await SwitchRig.start({ services: desk })
    // There is no room in the queue, and its overflow is the queue.
    const full = { maxWaitSeconds: 60, maxCallers: 0, ringSeconds: 10, music: [], announcesPosition: false, announcementIntervalSeconds: 0 }
    const queue = { id: 'q', name: 'Queue', ...full, offersCallback: false, agents: [], overflow: { referenceType: 'CALL_QUEUE', referenceId: 'q' } }
    const targetByExtension = new Map([['2300', { referenceType: 'CALL_QUEUE', referenceId: 'q' }]])
    rig.furnish(({ services }) => ({ services: { ...services, queues: new Map([['q', queue]]), targetByExtension } }))
    const [phone, ear] = [await rig.phone('alice-desk'), await rig.ear()]
    const call = phone.call('2300', ear.description())
    await call.saw('answered')
    await call.saw('bye')
    await rig.closed(1)
    expect(rig.records).toMatchObject([{ disposition: 'ANSWERED', hangupBy: 'system' }])
  })

  it('ends a message at #, thanks and hangs up', async () => {
    await startWithBox()
    const ear = await rig.ear()
    const call = rig.pstn.callIn(ALICE_NUMBER, ear.descriptionWithEvents(), [['From', '<sip:+16075551212@127.0.0.1>']])
    const answer = await call.saw('answered')
    ear.sing(VOICE_HZ, answer.body)
    await ear.hears(BEEP_HZ)
    const enough = ear.received + 100
    while (ear.received < enough) await new Promise((resolve) => setImmediate(resolve))
    const saved = ear.hears(SAVED_HZ)
    ear.press('#', answer.body)
    await saved
    await call.saw('bye')
    await rig.closed(1)
    expect(desk.deposits.length).toBe(1)
    expect(rig.records).toMatchObject([{ disposition: 'ANSWERED', hangupBy: 'system' }])
  })

  it('lets nobody at a box without its PIN, three times', async () => {
    await startWithBox()
    const phone = await rig.phone('alice-desk')
    const ear = await rig.ear()
    const call = phone.call('*97', ear.descriptionWithEvents())
    const answer = await call.saw('answered')
    ear.sing(VOICE_HZ, answer.body)
    for (const pin of ['1', '2', '3']) {
      ear.press(pin, answer.body)
      await until(
        () => desk.asked.filter((question) => question.kind === 'voicemail.checkPin').length >= Number(pin),
        () => rig.time.advance(1_000),
      )
    }
    await call.saw('bye')
    expect(desk.asked.some((question) => question.kind === 'voicemail.open')).toBe(false)
  })
})

async function until(done: () => boolean, meanwhile: () => void): Promise<void> {
  while (!done()) {
    await new Promise((resolve) => setImmediate(resolve))
    meanwhile()
  }
}
