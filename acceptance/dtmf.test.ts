import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import type { OutgoingPhoneCall } from './phones/phone-call.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'

const KEYS = Array.from({ length: 100 }, (_unused, index) => '0123456789*#'.charAt((index * 7) % 12)).join('')
const KEYS_TAKE_MS = 160 * KEYS.length

let parties: TwoParties

beforeAll(async () => {
  parties = await makeTwoParties()
})

describe.skipIf(isAbsent('baresip'))('keys between a phone and baresip', () => {
  const baresips: Baresip[] = []
  const scripted: ScriptedPhone[] = []

  afterEach(async () => {
    for (const phone of scripted.splice(0)) phone.close()
    await Promise.all(baresips.splice(0).map((phone) => phone.stop()))
  })

  async function connected(): Promise<{ call: OutgoingPhoneCall; description: string; callee: Baresip }> {
    const callee = await Baresip.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ, answer: 'auto' })
    const caller = await ScriptedPhone.open(parties.server, parties.caller.login)
    baresips.push(callee)
    scripted.push(caller)
    await callee.registered()
    await caller.register()
    const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
    expect(await call.finalStatus()).toBe(200)
    await callee.saw('CALL_ESTABLISHED')
    // Some sound first, so that the phones are heard from where they send.
    await pause(500)
    return { call, description: call.final?.body ?? '', callee }
  }

  const keysOf = (phone: Baresip): string =>
    phone.events
      .filter(({ type }) => type === 'CALL_DTMF_START')
      .map(({ param }) => param)
      .join('')

  it('100 keys of 80 ms with pauses of 80 ms all arrive, each once (RFC 4733)', { timeout: KEYS_TAKE_MS + 30_000 }, async () => {
    const { call, description, callee } = await connected()
    await call.media.press(description, KEYS)
    await eventually(
      () => `100 keys, got ${keysOf(callee)}`,
      3_000,
      () => (keysOf(callee).length >= KEYS.length ? true : undefined),
    ).catch(() => undefined)
    expect(keysOf(callee)).toBe(KEYS)
    expect(await call.hangUp()).toBe(200)
  })

  it('keys of baresip arrive at the phone that called it', async () => {
    const { call, callee } = await connected()
    for (const key of KEYS.slice(0, 12)) {
      await callee.command('sndcode', key)
      await pause(160)
    }
    await eventually(
      () => `12 keys, got ${call.media.keysHeard}`,
      3_000,
      () => (call.media.keysHeard.length >= 12 ? true : undefined),
    )
    expect(call.media.keysHeard).toBe(KEYS.slice(0, 12))
    expect(await call.hangUp()).toBe(200)
  })

  it.each([
    ['application/dtmf-relay', 'Signal=#\r\nDuration=160\r\n'],
    ['application/dtmf', '#'],
  ])('a key by INFO %s becomes a telephone event, once', async (contentType, body) => {
    const { call, callee } = await connected()
    expect(await call.info(contentType, body)).toBe(200)
    await callee.saw('CALL_DTMF_START')
    await callee.saw('CALL_DTMF_END')
    await pause(300)
    expect(keysOf(callee)).toBe('#')
    expect(callee.log).not.toContain('INFO sip:')
    expect(await call.hangUp()).toBe(200)
  })
})
