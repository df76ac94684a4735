import { describe, expect, it } from 'vitest'
import { newId, newUuid } from './ids.ts'
import { orderedUuid } from './ordered-uuid.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const at = (ms: number, rest = 'fff-8000-000000000000') => {
  const time = ms.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest}`
}

describe('ids of one process (RFC 9562 6.2)', () => {
  it('sort in the order they were made, a hundred thousand of them', () => {
    const uuids = Array.from({ length: 100_000 }, newUuid)
    expect(uuids.every((uuid, index) => UUID_V7.test(uuid) && (index === 0 || (uuids[index - 1] ?? '') < uuid))).toBe(true)
    const ids = Array.from({ length: 100_000 }, newId)
    expect(ids.every((id, index) => index === 0 || (ids[index - 1] ?? '') < id)).toBe(true)
  })

  it('count within a millisecond, borrow of the next one when it is full, and do not go back with the clock', () => {
    let nowMs = 1_700_000_000_000
    const next = orderedUuid(() => at(nowMs))
    const made = Array.from({ length: 5_000 }, next)
    nowMs -= 60_000
    made.push(next())
    nowMs += 120_000
    made.push(next())
    expect(made.toSorted()).toEqual(made)
    expect(new Set(made).size).toBe(made.length)
    expect(made.at(-1)?.slice(0, 13)).toBe(at(nowMs).slice(0, 13))
  })
})
