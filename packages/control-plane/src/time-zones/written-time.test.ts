import { describe, expect, it } from 'vitest'
import { dayWritten, timeOrDayWritten, timeWritten } from './index.ts'

const NONE = [
  '2026-02-30T00:00:00Z',
  '2026-11-21T24:30:00Z',
  '2026-11-21T15:00:00+25:00',
  '2026-11-21T15:00:00',
  '2026-11-21',
  '11/21/2026',
  'Sat, 21 Nov 2026 15:00:00 GMT',
  '+275760-09-13T00:00:00Z',
  '2026-11-21T15:00:00Z[UTC]',
  '1764000000',
  'now',
  '',
]

describe('times that people write', () => {
  it.each([
    ['2026-11-21T15:00:00Z', '2026-11-21T15:00:00.000Z'],
    ['2026-11-21t15:00:00z', '2026-11-21T15:00:00.000Z'],
    ['2026-11-21T15:00:00.123456789-07:00', '2026-11-21T22:00:00.123Z'],
    ['2024-02-29T00:00:00+00:00', '2024-02-29T00:00:00.000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
  ])('%s', (written, time) => {
    expect(timeWritten(written)?.toISOString()).toBe(time)
  })

  it.each(NONE)('%s is none', (written) => {
    expect(timeWritten(written)).toBeUndefined()
  })

  it('a day begins at midnight UTC where days are taken', () => {
    expect(timeOrDayWritten('2026-11-21')?.toISOString()).toBe('2026-11-21T00:00:00.000Z')
    expect(timeOrDayWritten('2026-02-30')).toBeUndefined()
    expect(timeOrDayWritten('2026-11-21T15:00:00')).toBeUndefined()
  })

  it('the day of a time is the one that was written', () => {
    expect(['2026-12-25', '2026-12-25T07:00:00.000+00:00', '2026-12-25T23:00'].map(dayWritten)).toEqual(['2026-12-25', '2026-12-25', '2026-12-25'])
    expect(['12/25/2026', 'Dec 25, 2026', '2026-02-30', '2026-12-25x', ''].map(dayWritten)).toEqual([undefined, undefined, undefined, undefined, undefined])
  })
})
