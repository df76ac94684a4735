import { describe, expect, it } from 'vitest'
import { carrier, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import { directionIn, isHold, withDirection } from './hold-direction.ts'

const sdp = (direction: string, address = '192.0.2.1') => `v=0\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=${direction}\r\n`

function talking(hasHoldMusic = true, decision: ReturnType<typeof ring> = ring()): ScriptedCall {
  const call = new ScriptedCall([{ decision }], { hasHoldMusic })
  call.feed({ type: 'legAnswered', legId: 'b1', sdp: sdp('sendrecv') })
  return call
}

/** One side offers, the other answers; what went on to each, and who is played to. */
function offer(call: ScriptedCall, side: 'caller' | 'callee', offered: string, answered: string) {
  const before = call.effects.length
  call.feed({ type: 'reinvite', side, sdp: offered })
  call.feed({ type: 'reinviteAnswered', side: side === 'caller' ? 'callee' : 'caller', sdp: answered })
  const effects = call.effects.slice(before)
  const [relayed, answer] = [effects.find(({ type }) => type === 'relayReinvite'), effects.find(({ type }) => type === 'answerReinvite')]
  const directions = [relayed, answer].map((effect) => (effect !== undefined && 'direction' in effect ? effect.direction : 'as it was'))
  return [...directions, ...effects.flatMap((effect) => (effect.type === 'playHoldMusic' ? [effect.to] : []))]
}

describe('directions of descriptions (RFC 3264 5.1, RFC 8866 6.7)', () => {
  it('are those of the stream, else of the session, else sendrecv; and are set for every stream', () => {
    expect([directionIn(sdp('recvonly')), directionIn('v=0\r\na=inactive\r\nm=audio 1 RTP/AVP 0\r\n'), directionIn('v=0\r\nm=audio 1 RTP/AVP 0\r\n')]).toEqual([
      'recvonly',
      'inactive',
      'sendrecv',
    ])
    const two = withDirection('v=0\r\na=inactive\r\nm=audio 1 RTP/AVP 0\r\na=ptime:20\r\nm=video 0 RTP/AVP 99\r\n', 'sendonly')
    expect(two).toBe('v=0\r\nm=audio 1 RTP/AVP 0\r\na=ptime:20\r\na=sendonly\r\nm=video 0 RTP/AVP 99\r\na=sendonly\r\n')
    expect([sdp('sendrecv'), sdp('sendonly'), sdp('inactive'), sdp('recvonly'), sdp('sendrecv', '0.0.0.0')].map(isHold)).toEqual([
      false,
      true,
      true,
      false,
      true,
    ])
  })
})

describe('who is held (RFC 6337 5.3)', () => {
  it.each(['caller', 'callee'] as const)('by sendonly hears music; nothing of what the %s and the other say is changed', (holder) => {
    const held = holder === 'caller' ? 'callee' : 'caller'
    expect(offer(talking(), holder, sdp('sendonly'), sdp('recvonly'))).toEqual(['as it was', 'as it was', held])
  })

  it('by inactive is offered to listen, and the holder gets the inactive it asked for', () => {
    expect(offer(talking(), 'caller', sdp('inactive'), sdp('recvonly'))).toEqual(['sendonly', 'inactive', 'callee'])
  })

  it('hears it again after a refresh of either side, and not after the resume', () => {
    const call = talking()
    offer(call, 'caller', sdp('inactive'), sdp('recvonly'))
    expect(offer(call, 'callee', sdp('sendrecv'), sdp('inactive'))).toEqual(['as it was', 'sendonly', 'callee'])
    expect(offer(call, 'caller', sdp('sendrecv'), sdp('sendrecv'))).toEqual(['as it was', 'as it was'])
  })

  it('when both hold nobody hears any; who resumes first hears the other one’s', () => {
    const call = talking()
    offer(call, 'caller', sdp('sendonly'), sdp('recvonly'))
    expect(offer(call, 'callee', sdp('sendonly'), sdp('inactive'))).toEqual(['as it was', 'as it was'])
    expect(offer(call, 'callee', sdp('sendrecv'), sdp('sendonly'))).toEqual(['as it was', 'as it was', 'callee'])
  })

  it('by a carrier, or where there is nothing to play, hears what it heard before', () => {
    expect(offer(talking(true, carrier('one')), 'callee', sdp('inactive'), sdp('inactive'))).toEqual(['as it was', 'as it was'])
    expect(offer(talking(true, carrier('one')), 'caller', sdp('inactive'), sdp('recvonly'))).toEqual(['sendonly', 'inactive', 'callee'])
    expect(offer(talking(false), 'caller', sdp('inactive'), sdp('inactive'))).toEqual(['as it was', 'as it was'])
  })
})
