import { expect, it } from 'vitest'
import { parseSessionDescription } from './parse-session-description.ts'
import { payloadFormats } from './payload-format.ts'

function formatsOf(formats: string, ...attributes: readonly string[]): readonly string[] {
  const lines = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', `m=audio 4000 RTP/AVP ${formats}`, ...attributes]
  const parsed = parseSessionDescription(`${lines.join('\r\n')}\r\n`)
  const [media] = parsed.ok ? parsed.value.media : []
  return media === undefined ? [] : payloadFormats(media).map(({ payloadType, encoding, clockRateHz }) => `${payloadType} ${encoding}/${clockRateHz}`)
}

it('knows the audio payload types that need no a=rtpmap, and no others (RFC 3551 table 4)', () => {
  const all = Array.from({ length: 128 }, (_, payloadType) => payloadType)
  const known = [
    ...['0 PCMU/8000', '3 GSM/8000', '4 G723/8000', '5 DVI4/8000', '6 DVI4/16000', '7 LPC/8000', '8 PCMA/8000', '9 G722/8000', '10 L16/44100'],
    ...['11 L16/44100', '12 QCELP/8000', '13 CN/8000', '14 MPA/90000', '15 G728/8000', '16 DVI4/11025', '17 DVI4/22050', '18 G729/8000'],
  ]
  expect([...formatsOf(all.slice(0, 64).join(' ')), ...formatsOf(all.slice(64).join(' '))]).toEqual(known)
})

it('an a=rtpmap says what a type stands for, also one of the table; what is no payload type is left out (RFC 8866 6.6)', () => {
  expect(
    formatsOf('101 96 0 128 x', 'a=rtpmap:101 telephone-event/8000', 'a=rtpmap:96 opus/48000/2', 'a=rtpmap:0 G726-32/8000', 'a=rtpmap:128 GSM/8000'),
  ).toEqual(['101 TELEPHONE-EVENT/8000', '96 OPUS/48000', '0 G726-32/8000'])
})
