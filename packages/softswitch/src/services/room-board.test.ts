import { describe, expect, it } from 'vitest'
import { RoomBoard, type RoomSeat } from './room-board.ts'

describe('RoomBoard', () => {
  it('has so many seats, tells the others who comes and leaves, and forgets a room that is empty', () => {
    const board = new RoomBoard()
    const told: string[] = []
    const first = board.enter('r', 2, (parties) => told.push(`first: ${parties}`))
    const second = board.enter('r', 2, (parties) => told.push(`second: ${parties}`))
    expect([first?.parties, second?.parties]).toEqual([2, 2])
    expect(board.enter('r', 2, () => undefined)).toBeUndefined()
    expect(board.enter('other', 2, () => undefined)?.parties).toBe(1)
    first?.leave()
    first?.leave()
    expect(told).toEqual(['first: 2', 'second: 1'])
    second?.leave()
    expect(board.size).toBe(1)
  })

  it('bears that who is told leaves at once', () => {
    const board = new RoomBoard()
    const shy: RoomSeat | undefined = board.enter('r', 9, () => shy?.leave())
    expect(board.enter('r', 9, () => undefined)?.parties).toBe(1)
  })
})
