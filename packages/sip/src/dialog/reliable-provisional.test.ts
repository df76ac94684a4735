import { describe, expect, it } from 'vitest'
import { acknowledgeReliable, addReliable, parseRAck, parseRSeq, startReliable, takeReliable, waitedForPrack } from './reliable-provisional.ts'

describe('reliable provisional responses (RFC 3262 3)', () => {
  it('are repeated at doubling intervals for 64*T1, then given up', () => {
    let step = addReliable(startReliable<string>(10), 'ringing', 500)
    const waits: number[] = []
    while (step.effect !== undefined && step.effect.type !== 'giveUp') {
      waits.push(step.effect.delayMs)
      step = waitedForPrack(step.state)
    }
    expect(step.effect).toEqual({ type: 'giveUp' })
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 500])
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(32_000)
    expect(waitedForPrack(step.state).effect).toBeUndefined()
  })

  it('wait for the PRACK of the one before, at most eight of them', () => {
    let { state } = addReliable(startReliable<number>(1), 0, 500)
    for (let index = 1; index <= 12; index++) state = addReliable(state, index, 500).state
    expect(state.waiting).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(acknowledgeReliable(state, 2, 500)).toBeUndefined()
    const next = acknowledgeReliable(state, 1, 500)
    expect(next?.effect).toEqual({ type: 'send', response: 1, sequence: 2, delayMs: 500 })
    expect(next === undefined ? undefined : acknowledgeReliable(next.state, 1, 500)).toBeUndefined()
  })

  it.each<[number | undefined, number, string]>([
    [undefined, 4711, 'new'],
    [4711, 4712, 'new'],
    [4711, 4711, 'copy'],
    [4711, 1, 'copy'],
    [4711, 4713, 'tooEarly'],
  ])('after %s, %i is %s (4)', (last, sequence, expected) => {
    expect(takeReliable(last, sequence)).toBe(expected)
  })

  it('RAck and RSeq are read or refused as a whole (7.1, 7.2)', () => {
    expect(parseRAck(' 776656 1  INVITE ')).toEqual({ sequence: 776_656, cseq: 1, method: 'INVITE' })
    for (const value of [undefined, '', '1 INVITE', '1 2', '1 2 INVITE x', '-1 2 INVITE', '99999999999 1 INVITE']) expect(parseRAck(value)).toBeUndefined()
    expect([parseRSeq('17'), parseRSeq(undefined), parseRSeq('x'), parseRSeq('1,2')]).toEqual([17, undefined, undefined, undefined])
  })
})
