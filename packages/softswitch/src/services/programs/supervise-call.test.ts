import { describe, expect, it } from 'vitest'
import type { ServiceReply } from '../service-program.ts'
import { superviseCall } from './supervise-call.ts'

type Order = Parameters<typeof superviseCall>[0]

const order: Order = { kind: 'supervise', sessionId: 's', side: 'callee', mode: 'LISTEN', modes: ['LISTEN', 'WHISPER'], notice: 'PROMPT' }

/** Answers what the program asks for. @returns what it asked for, in words */
function play(changes: Partial<Order>, replies: readonly ServiceReply[]): readonly string[] {
  const program = superviseCall({ ...order, ...changes })
  const asked: string[] = []
  for (const reply of [{}, ...replies]) {
    const { value, done } = program.next(reply)
    if (done === true) return [...asked, value.kind]
    asked.push(value.kind === 'mix' ? `mix ${value.order.part.kind}` : value.kind)
  }
  return asked
}

const BEGUN: readonly ServiceReply[] = [{ mixId: 's' }, { isMixed: true }, { isAnnounced: true }, { isMixed: true }]

describe('a supervisor', () => {
  it('hears nothing before those who talk were told, and is heard by nobody', () => {
    expect(play({}, BEGUN)).toEqual(['attend', 'mix absent', 'announce', 'mix listen', 'key'])
  })

  it.each([
    ['the call is gone or cannot be mixed', [{}, {}], 1],
    ['his own sound cannot be mixed', [{ mixId: 's' }, { isMixed: false }, {}], 2],
    ['nobody could be told', [{ mixId: 's' }, { isMixed: true }, {}, {}], 3],
  ] as const)('is told and hung up when %s', (_what, replies, before) => {
    expect(play({}, replies).slice(before)).toEqual(['play', 'hangup'])
  })

  it('changes by keys how he takes part, as far as the account allows it', () => {
    const asked = play({}, [...BEGUN, { key: '5' }, {}, { key: '6' }, { key: '1' }, { key: '4' }])
    expect(asked.slice(3)).toEqual(['mix listen', 'key', 'mix whisper', 'key', 'key', 'key', 'mix listen'])
  })

  it('with a tone as notice it sounds again and again (47 CFR 64.501)', () => {
    expect(play({ notice: 'TONE' }, [...BEGUN, {}, {}, {}, {}]).slice(4)).toEqual(['key', 'announce', 'key', 'announce', 'key'])
    expect(play({}, [...BEGUN, {}, {}]).slice(4)).toEqual(['key', 'key', 'key'])
  })
})
