import { describe, expect, it } from 'vitest'
import { startPage, stepPage } from './page-state.ts'
import type { PageEffect, PageEvent } from './page-state.ts'

const LEGS = [
  { id: '1', lineId: 'desk' },
  { id: '2', lineId: 'hall' },
  { id: '3', lineId: 'hall' },
]

/** What a page does about each of the events, in words. */
function play(events: readonly PageEvent[], legs = LEGS): readonly string[] {
  const words = (effects: readonly PageEffect[]): string =>
    effects.map((effect) => ('legId' in effect ? `${effect.type} ${effect.legId}` : effect.type)).join(', ')
  let { state, effects } = startPage(legs)
  const told = effects.length > 0 ? [words(effects)] : []
  for (const event of events) {
    ;({ state, effects } = stepPage(state, event))
    told.push(words(effects))
  }
  return told
}

const answered = (legId: string): PageEvent => ({ type: 'answered', legId })
const gone = (legId: string): PageEvent => ({ type: 'gone', legId })

describe('a page', () => {
  it('goes live when all have answered or refused, and is over when the last one leaves', () => {
    expect(play([answered('1'), gone('2'), answered('3'), gone('1'), gone('3')])).toEqual(['letHear 1', '', 'letHear 3, goLive', '', 'over'])
  })

  it('waits for nobody once one has answered and who speaks is impatient; later ones are let in until the window closes', () => {
    expect(play([answered('1'), { type: 'patienceOver' }, answered('2'), { type: 'windowOver' }, answered('3')])).toEqual([
      'letHear 1',
      'goLive',
      'letHear 2',
      'hangUp 3',
      'hangUp 3',
    ])
    expect(play([{ type: 'patienceOver' }, answered('2')])).toEqual(['', 'letHear 2, goLive'])
  })

  it('is over without having been live when nobody answers in time, refuses, or is there at all', () => {
    expect(play([{ type: 'windowOver' }])).toEqual(['hangUp 1, hangUp 2, hangUp 3, over'])
    expect(play([gone('1'), gone('2'), gone('3'), gone('3')])).toEqual(['', '', 'over', ''])
    expect(play([], [])).toEqual(['over'])
  })

  it('hangs all up when who speaks leaves, and one that answers then too', () => {
    expect(play([answered('1'), { type: 'pagerLeft' }, answered('2'), gone('1')])).toEqual(['letHear 1', 'hangUp 1, hangUp 2, hangUp 3', 'hangUp 2', ''])
  })

  it('gives every phone of a line to a higher page', () => {
    expect(play([answered('1'), answered('2'), { type: 'taken', lineId: 'hall' }, { type: 'taken', lineId: 'desk' }])).toEqual([
      'letHear 1',
      'letHear 2',
      'hangUp 2, hangUp 3, goLive',
      'hangUp 1, over',
    ])
  })
})
