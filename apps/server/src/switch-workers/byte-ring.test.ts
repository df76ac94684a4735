import { describe, expect, it } from 'vitest'
import { ByteRing, RING_BYTES } from './byte-ring.ts'

function bothEnds(): readonly [writer: ByteRing, reader: ByteRing] {
  const memory = new SharedArrayBuffer(RING_BYTES)
  return [new ByteRing(memory, 0), new ByteRing(memory, 0)]
}

function write(ring: ByteRing, frame: Buffer): boolean {
  return ring.write(frame.length, (memory, offset) => memory.set(frame, offset))
}

/** Lengths that come round at every offset; deterministic (a linear congruential generator of Numerical Recipes). */
function* lengths(): Generator<number> {
  for (let state = 1; ; state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) yield state % 60_000
}

describe('ByteRing', () => {
  it('gives back every frame, whole and in order, however often it comes round and however full it is', () => {
    const [writer, reader] = bothEnds()
    const waiting: Buffer[] = []
    let [written, refused] = [0, 0]
    for (const length of lengths()) {
      const frame = Buffer.alloc(length, written % 251)
      if (write(writer, frame)) {
        waiting.push(frame)
        written++
      } else {
        refused++
        // Some, not all: the reader is always behind.
        for (const expected of waiting.splice(0, 1 + (refused % 20))) expect(reader.read()?.equals(expected)).toBe(true)
      }
      if (written === 2_000) break
    }
    for (const expected of waiting) expect(reader.read()?.equals(expected)).toBe(true)
    expect([reader.read(), refused > 10]).toEqual([undefined, true])
  })

  it('refuses what does not fit and loses nothing by it', () => {
    const [writer, reader] = bothEnds()
    expect(write(writer, Buffer.alloc(RING_BYTES))).toBe(false)
    expect([write(writer, Buffer.from('a')), write(writer, Buffer.alloc(0))]).toEqual([true, true])
    expect([reader.read(), reader.read(), reader.read()]).toEqual([Buffer.from('a'), Buffer.alloc(0), undefined])
  })

  it('a frame given out stays as it is when the ring is written on', () => {
    const [writer, reader] = bothEnds()
    write(writer, Buffer.from('first'))
    const first = reader.read()
    for (let n = 0; n < 100; n++) {
      write(writer, Buffer.alloc(60_000, 1))
      reader.read()
    }
    expect(first?.toString()).toBe('first')
  })

  it('the reader is woken once for all that is written until it looks', () => {
    const [writer, reader] = bothEnds()
    expect([writer.markWaking(), writer.markWaking()]).toEqual([true, false])
    reader.markAwake()
    expect(writer.markWaking()).toBe(true)
  })
})
