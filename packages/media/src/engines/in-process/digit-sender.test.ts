import { expect, it } from 'vitest'
import { parseRtpPacket } from '../../rtp/rtp-packet.ts'
import { decodeTelephoneEvent } from '../../rtp/telephone-event.ts'
import { DigitSender } from './digit-sender.ts'
import { OutgoingStream } from './outgoing-stream.ts'

const EVENTS = { payloadType: 101, encoding: 'TELEPHONE-EVENT', clockRateHz: 8_000 }

/** What goes out, a frame each: the event, undefined where there is nothing. */
function framesOf(sender: DigitSender) {
  const frames: ReturnType<typeof decodeTelephoneEvent>[] = []
  for (let frame = 0; sender.isBusy; frame++) {
    const packet = parseRtpPacket(sender.nextPacket(frame * 20) ?? Buffer.alloc(0))
    frames.push(packet === undefined ? undefined : decodeTelephoneEvent(packet.payload))
  }
  return frames
}

it('leaves two frames between two keys, so that they are two where they are played out', () => {
  const sender = new DigitSender(new OutgoingStream(), () => 1)
  for (const event of [5, 5]) sender.press(event, 40, EVENTS)
  const press = [5, 5, 5, 5]
  expect(framesOf(sender).map((frame) => frame?.event)).toEqual([...press, undefined, undefined, ...press, undefined, undefined])
})

it('cuts a press at the longest that a packet can state (RFC 4733 2.5.1.3)', () => {
  const sender = new DigitSender(new OutgoingStream(), () => 1)
  sender.press(5, 60_000, EVENTS)
  const frames = framesOf(sender).flatMap((frame) => frame ?? [])
  expect([frames.filter(({ end }) => !end).at(-1)?.duration, frames.filter(({ end }) => end).map(({ duration }) => duration)]).toEqual([
    65_280,
    [65_440, 65_440, 65_440],
  ])
})
