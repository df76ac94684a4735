import { describe, expect, it } from 'vitest'
import { SampleOrder } from './sample-order.ts'

const packet = (number: number): Int16Array => new Int16Array(160).fill(number)
/** Wraps in the middle. */
const timestampOf = (number: number): number => (2 ** 32 - 480 + number * 160) >>> 0

function heard(give: (order: SampleOrder, receive: (number: number, atMs?: number) => void) => void): (number | string)[] {
  const told: (number | string)[] = []
  const order = new SampleOrder({ hear: (samples) => void told.push(samples[0] ?? 0), miss: (count) => void told.push(`miss ${count}`) })
  give(order, (number, atMs = number * 20) => order.receive(1, timestampOf(number), packet(number), atMs))
  return told
}

describe('samples in their order', () => {
  it('come as they were sent, whatever overtakes what', () => {
    expect(heard((_order, receive) => [1, 2, 4, 3, 3, 6, 5, 7].forEach((number) => receive(number, 100)))).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('are missing when three came that were sent behind them, or 60 ms have passed', () => {
    expect(heard((_order, receive) => [1, 3, 4, 5, 6, 2].forEach((number) => receive(number, 100)))).toEqual([1, 'miss 160', 3, 4, 5, 6])
    const waited = heard((order, receive) => {
      receive(1, 20)
      receive(4, 80)
      order.tick(120)
      receive(2, 139)
      order.tick(140)
    })
    expect(waited).toEqual([1, 2, 'miss 160', 4])
  })

  it('begin anew with another sender, and behind a pause in which nothing was sent', () => {
    const told = heard((order, receive) => {
      receive(1, 20)
      order.receive(2, 77, packet(9), 40)
      order.tick(1_230)
      order.tick(1_240)
      order.receive(2, 77 + 160 * 90, packet(10), 1_260)
    })
    expect(told).toEqual([1, 9, 0, 10])
  })
})
