import { describe, expect, it } from 'vitest'
import type { ServiceReply, ServiceRequest } from '../service-program.ts'
import { confirmAnswer } from './confirm-answer.ts'

const caller = { number: '16075551212', name: 'Ann', anonymous: false }

/** Plays the program through: each request is answered by what `answers` gives, in turn, and by silence afterwards. */
function played(from: typeof caller, answers: readonly ServiceReply[]) {
  const program = confirmAnswer(from)
  const asked: ServiceRequest[] = []
  let next = program.next({})
  for (let turn = 0; next.done !== true; turn++) {
    asked.push(next.value)
    next = program.next(answers[turn] ?? {})
  }
  return { asked, end: next.value }
}

describe('whoever answers a leg that is to be confirmed', () => {
  it('is connected by 1, also while the words are still being said', () => {
    expect(played(caller, [{ key: '1' }]).end).toEqual({ kind: 'accept' })
    expect(played(caller, [{}, { key: '1' }]).end).toEqual({ kind: 'accept' })
  })

  it('is not by 2, by other keys, or by saying nothing three times', () => {
    expect(played(caller, [{ key: '2' }]).end).toEqual({ kind: 'hangup' })
    expect(played(caller, [{ key: '5' }, {}, { key: '1' }]).end).toEqual({ kind: 'accept' })
    const silent = played(caller, [])
    expect(silent.end).toEqual({ kind: 'hangup' })
    expect(silent.asked.filter(({ kind }) => kind === 'play').length).toBe(3)
  })

  it('hears who calls, unless that is hidden', () => {
    const shown = played(caller, [{ key: '2' }]).asked[0]
    expect(shown).toMatchObject({ phrases: [{ promptId: 'confirm-call-from' }, { digits: '16075551212' }, { promptId: 'confirm-call-keys' }] })
    const hidden = played({ ...caller, anonymous: true }, [{ key: '2' }]).asked[0]
    expect(hidden).toMatchObject({ phrases: [{ promptId: 'confirm-call' }, { promptId: 'confirm-call-keys' }] })
  })
})
