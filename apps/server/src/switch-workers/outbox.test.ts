import { describe, expect, it } from 'vitest'
import { Outbox } from './outbox.ts'
import type { FromWorker } from './worker-protocol.ts'

const line = (text: string, fields: Record<string, unknown> = {}): FromWorker => ({ kind: 'log', level: 'info', message: text, fields })

/** Copies as a thread does: throws at what cannot be copied. */
function postTo(posted: FromWorker[][]): (messages: readonly FromWorker[]) => void {
  return (messages) => void posted.push(structuredClone([...messages]))
}

describe('Outbox', () => {
  it('tells everything of a turn in one message, in order, and nothing twice', async () => {
    const posted: FromWorker[][] = []
    const outbox = new Outbox(postTo(posted))
    for (const text of ['a', 'b', 'c']) outbox.add(line(text))
    expect(posted).toEqual([])
    await new Promise<void>((resolve) => void setImmediate(resolve))
    outbox.flush()
    expect(posted).toEqual([[line('a'), line('b'), line('c')]])
  })

  it('what cannot change its thread takes nothing else with it', () => {
    const posted: FromWorker[][] = []
    const outbox = new Outbox(postTo(posted))
    const functionInFields = line('odd', { callback: () => 1 })
    for (const message of [line('a'), functionInFields, line('b')]) outbox.add(message)
    outbox.flush()
    expect(posted).toEqual([[line('a')], [line('odd', { callback: '() => 1' })], [line('b')]])
  })
})
