import { describe, expect, it } from 'vitest'
import { MessageWaiting } from './message-waiting.ts'

const LINE = 'alice-desk'

function watched() {
  const waiting = new MessageWaiting()
  const told: string[] = []
  const end = waiting.watch(LINE, { account: 'sip:alice@test', notify: (body) => told.push(body.split('\r\n')[2] ?? '') })
  return { waiting, told, end }
}

describe('messages that wait (RFC 3842)', () => {
  it('are told when any of their numbers is another, and only then', () => {
    const { waiting, told } = watched()
    const counts = { newMessages: 1, oldMessages: 1, newUrgent: 1, oldUrgent: 1 }
    waiting.set(LINE, { newMessages: 0, oldMessages: 0, newUrgent: 0 })
    waiting.set(LINE, counts)
    waiting.set(LINE, { ...counts })
    for (const one of ['newMessages', 'oldMessages', 'newUrgent', 'oldUrgent'] as const) {
      waiting.set(LINE, { ...counts, [one]: 2 })
      waiting.set(LINE, counts)
    }
    waiting.set('carol-desk', counts)
    const before = 'Voice-Message: 1/1 (1/1)'
    const news = ['2/1 (1/1)', '1/2 (1/1)', '1/1 (2/1)', '1/1 (1/2)'].map((numbers) => `Voice-Message: ${numbers}`)
    expect(told).toEqual([before, ...news.flatMap((line) => [line, before])])
  })

  it('are kept for who asks later, until there are none or the line is no more', () => {
    const { waiting, told, end } = watched()
    waiting.set(LINE, { newMessages: 2, oldMessages: 1 })
    expect(waiting.countsOf(LINE)).toEqual({ newMessages: 2, oldMessages: 1 })
    waiting.set(LINE, { newMessages: 0, oldMessages: 0 })
    expect(waiting.countsOf(LINE)).toEqual({ newMessages: 0, oldMessages: 0 })
    end()
    waiting.set(LINE, { newMessages: 3, oldMessages: 0 })
    expect([told.length, waiting.countsOf(LINE)]).toEqual([2, { newMessages: 3, oldMessages: 0 }])
    waiting.forget(LINE)
    expect(waiting.countsOf(LINE)).toEqual({ newMessages: 0, oldMessages: 0 })
  })
})
