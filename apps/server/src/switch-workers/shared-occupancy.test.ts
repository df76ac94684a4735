import { Worker } from 'node:worker_threads'
import { newUuid } from '@dialtone/foundation'
import { describe, expect, it } from 'vitest'
import { clearOccupancy, occupancyMemory, SharedOccupancy } from './shared-occupancy.ts'

const boards = (count: number) => {
  const memory = occupancyMemory(count)
  return { memory, boards: Array.from({ length: count }, (_, place) => new SharedOccupancy(memory, place, count)) }
}
const at = (list: readonly SharedOccupancy[], place: number): SharedOccupancy => {
  const board = list[place]
  if (board === undefined) throw new Error('no such board')
  return board
}

describe('calls of all threads at a place', () => {
  it('each sees those of the others, and not its own again', () => {
    const { boards: all } = boards(3)
    at(all, 0).count('carrier', 1)
    at(all, 0).count('carrier', 1)
    at(all, 1).count('carrier', 1)
    expect(all.map((board) => board.callsElsewhere('carrier'))).toEqual([1, 2, 3])
    at(all, 0).count('carrier', -1)
    expect(all.map((board) => board.callsElsewhere('carrier'))).toEqual([1, 1, 2])
    expect(all.map((board) => board.callsElsewhere('another'))).toEqual([0, 0, 0])
  })

  it('are counted right among thousands of others, and none is left when all are over', () => {
    const { boards: all } = boards(2)
    const ids = Array.from({ length: 4_000 }, () => newUuid())
    for (const id of ids) at(all, 0).count(id, 1)
    expect(ids.filter((id) => at(all, 1).callsElsewhere(id) !== 1)).toEqual([])
    for (const id of ids) at(all, 0).count(id, -1)
    expect(ids.filter((id) => at(all, 1).callsElsewhere(id) !== 0)).toEqual([])
  })

  it('those of a thread that died are over, and its turn is another one’s', () => {
    const { memory, boards: all } = boards(2)
    at(all, 1).count('carrier', 1)
    at(all, 1).takeTurn()
    clearOccupancy(memory, 1)
    expect(at(all, 0).callsElsewhere('carrier')).toBe(0)
    const turn = new Int32Array(memory, 0, 1)
    expect(turn[0]).toBe(0)
    at(all, 0).takeTurn()
    expect(turn[0]).toBe(1)
  })

  it('one decides at a time, and nobody waits for ever for one that does not end', () => {
    const { memory, boards: all } = boards(2)
    const turn = new Int32Array(memory, 0, 1)
    at(all, 1).takeTurn()
    at(all, 1).takeTurn()
    // It goes on without the turn, and takes nobody else's away.
    at(all, 0).takeTurn()
    at(all, 0).endTurn()
    expect(turn[0]).toBe(2)
    at(all, 1).endTurn()
    expect(turn[0]).toBe(0)
  })

  it('whoever has lost its processor for some time slices in its turn is waited for', async () => {
    const { memory, boards: all } = boards(2)
    const turn = new Int32Array(memory, 0, 1)
    const holder = new Worker(HOLDER, { eval: true, workerData: { memory, module: import.meta.resolve('./shared-occupancy.ts'), forMs: 30 } })
    try {
      // Until it has its turn: 0 is nobody's.
      expect(Atomics.wait(turn, 0, 0, 30_000)).not.toBe('timed-out')
      expect(turn[0]).toBe(2)
      at(all, 0).takeTurn()
      expect(turn[0]).toBe(1)
    } finally {
      await holder.terminate()
    }
  })
})

/** Another thread that takes its turn and does nothing with it for a while. */
const HOLDER = `
const { workerData: { memory, module, forMs } } = require('node:worker_threads')
import(module).then(({ SharedOccupancy }) => {
  const board = new SharedOccupancy(memory, 1, 2)
  board.takeTurn()
  Atomics.notify(new Int32Array(memory, 0, 1), 0)
  const until = performance.now() + forMs
  while (performance.now() < until);
  board.endTurn()
})`
