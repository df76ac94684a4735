import type { PageType } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import { PageBoard } from './page-board.ts'

describe('PageBoard', () => {
  it('gives a phone to one page at a time, to the higher one, and tells who loses it', () => {
    const board = new PageBoard()
    const told: string[] = []
    const hold = (type: PageType) => ({ type, taken: (lineId: string) => told.push(`${type} loses ${lineId}`) })
    const [standard, priority, emergency] = [hold('STANDARD'), hold('PRIORITY'), hold('EMERGENCY')]
    expect(board.claim('desk', standard)).toBe(true)
    expect(board.claim('desk', hold('STANDARD'))).toBe(false)
    expect(board.claim('desk', priority)).toBe(true)
    board.release('desk', standard)
    expect(board.typeAt('desk')).toBe('PRIORITY')
    expect(board.claim('desk', emergency)).toBe(true)
    expect(board.claim('desk', priority)).toBe(false)
    expect(told).toEqual(['STANDARD loses desk', 'PRIORITY loses desk'])
    board.release('desk', emergency)
    expect(board.size).toBe(0)
  })
})
