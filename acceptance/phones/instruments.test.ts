import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { pause } from '../eventually.ts'
import { localAddress } from '../platform.ts'
import { Baresip } from './baresip.ts'
import { answerDigest } from './digest-answer.ts'
import { isAbsent } from './program-present.ts'
import { ScriptedPhone } from './scripted-phone.ts'
import { readSipText } from './sip-text.ts'
import { decodeMuLaw, dominantTone, encodeMuLaw, sineSamples } from './tone.ts'
import { CALLEE_HZ, CALLER_HZ, TONES_HZ } from './two-parties.ts'
import { readWav, writeWav } from './wav-file.ts'

// The instruments are checked without any server: a test is worth what its measuring is worth.

const phones: ScriptedPhone[] = []

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

/** A phone whose "server" is whoever `peer` names by the time it speaks. */
async function phoneTowards(peer: { readonly sipHost: string; sipPort: number }, sipUsername: string): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(peer, { sipUsername, sipPassword: 'x' })
  phones.push(phone)
  return phone
}

describe('the ear', () => {
  it('tells tones apart, and from silence and a mixture', () => {
    for (const frequencyHz of TONES_HZ) expect(dominantTone(decodeMuLaw(encodeMuLaw(sineSamples(frequencyHz, 8000))), TONES_HZ)).toBe(frequencyHz)
    expect(dominantTone(new Int16Array(8000), TONES_HZ)).toBeUndefined()
    const [low, high] = [sineSamples(CALLER_HZ, 8000), sineSamples(CALLEE_HZ, 8000)]
    expect(
      dominantTone(
        Int16Array.from(low, (sample, index) => (sample + (high[index] ?? 0)) / 2),
        TONES_HZ,
      ),
    ).toBeUndefined()
    expect(dominantTone(sineSamples(700, 8000), TONES_HZ)).toBeUndefined()
  })

  it('reads back a recording it wrote', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dialtone-wav-'))
    const samples = sineSamples(CALLER_HZ, 4000)
    writeWav(join(folder, 'tone.wav'), samples)
    expect(readWav(join(folder, 'tone.wav'))).toEqual(samples)
    rmSync(folder, { recursive: true })
  })
})

describe('the digest', () => {
  it('is the one of RFC 7616 3.9.1 in form: response over nonce, count and our own nonce', () => {
    const challenge = readSipText(
      'SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=MD5\r\n\r\n',
    )
    const [name, value] = answerDigest(challenge, { sipUsername: 'u', sipPassword: 'p' }, 'REGISTER', 'sip:r', 'SHA-256')
    expect(name).toBe('Authorization')
    expect(value).toMatch(/algorithm=SHA-256, qop=auth, nc=00000001/)
    expect(/response="([0-9a-f]+)"/.exec(value)?.[1]).toHaveLength(64)
  })
})

describe('scripted phones, one talking to the other without a server', () => {
  it('call, ring, answer, hear each other and hang up', async () => {
    const towardsCaller = { sipHost: localAddress(), sipPort: 9 }
    const callee = await phoneTowards(towardsCaller, 'callee')
    const caller = await phoneTowards({ sipHost: localAddress(), sipPort: callee.socket.localPort }, 'caller')
    towardsCaller.sipPort = caller.socket.localPort
    const call = await caller.call('callee', { toneHz: CALLER_HZ })
    const ringing = await callee.nextCall()
    ringing.ring()
    await call.saw(180)
    await ringing.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await pause(1000)
    expect([call.media.toneHeard(TONES_HZ), ringing.media?.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
    expect(await call.hangUp()).toBe(200)
    await ringing.ended()
  })

  it('cancel, and reject', async () => {
    const towardsCaller = { sipHost: localAddress(), sipPort: 9 }
    const callee = await phoneTowards(towardsCaller, 'callee')
    const caller = await phoneTowards({ sipHost: localAddress(), sipPort: callee.socket.localPort }, 'caller')
    towardsCaller.sipPort = caller.socket.localPort
    const given = await caller.call('callee')
    const ringing = await callee.nextCall()
    ringing.ring()
    await given.saw(180)
    given.cancel()
    expect(await given.finalStatus()).toBe(487)
    await ringing.cancelled()
    const refused = await caller.call('callee')
    ;(await callee.nextCall()).reject(603)
    expect(await refused.finalStatus()).toBe(603)
  })
})

describe.skipIf(isAbsent('baresip'))('baresip', () => {
  it('can be driven: it registers, calls, talks, hears and hangs up', async () => {
    const towardsBaresip = { sipHost: localAddress(), sipPort: 9 }
    const peer = await phoneTowards(towardsBaresip, 'peer')
    const baresip = await Baresip.start(
      { sipHost: localAddress(), sipPort: peer.socket.localPort },
      { sipUsername: 'alice', sipPassword: 'x' },
      { toneHz: CALLER_HZ },
    )
    towardsBaresip.sipPort = baresip.sipPort
    await baresip.registered()
    await baresip.dial('sip:peer@dialtone.local')
    const ringing = await peer.nextCall()
    ringing.ring()
    await baresip.saw('CALL_RINGING')
    await ringing.answer(CALLEE_HZ)
    await baresip.saw('CALL_ESTABLISHED')
    await pause(2000)
    expect(ringing.media?.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    await baresip.hangUp()
    await ringing.ended()
    expect(await baresip.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    await baresip.stop()
  })
})
