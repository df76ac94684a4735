import { describe, expect, it } from 'vitest'
import { describeMedia } from './describe-media.ts'

const stream = (line: string) => describeMedia(['v=0', 'c=IN IP4 192.0.2.1', line, 'a=rtpmap:101 telephone-event/8000', ''].join('\r\n'))

describe('what is said of the streams of a description', () => {
  it('formats by their names, as far as they have one, and else as they were written', () => {
    expect(stream('m=audio 4000 RTP/AVP 0 101 77')?.[0]?.formats).toEqual(['PCMU/8000', 'telephone-event/8000', '77'])
    expect(stream('m=image 4000 udptl t38 constructor __proto__')?.[0]?.formats).toEqual(['t38', 'constructor', '__proto__'])
  })
})
