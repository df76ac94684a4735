import { describe, expect, it } from 'vitest'
import type { CallState, Step } from './call-state.ts'
import { releaseStar } from './command-keys.ts'
import { keyOfInfo, onDigit, onInfo } from './dtmf-events.ts'

/** As much of a call as digits look at. */
const talking: Step = { state: { phase: 'talking', timers: [] as CallState['timers'] } as CallState, effects: [] }
const ringing = { state: { phase: 'setup' } as CallState, effects: [] }
const relay = { contentType: 'application/dtmf-relay', body: 'Signal=5\r\nDuration=250\r\n' }

describe('a key by INFO', () => {
  it.each([
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5', 160],
    ['application/dtmf-relay', 'Signal= #\nDuration= 20', '#', 40],
    ['Application/DTMF-Relay', 'signal=a', 'A', 160],
    ['application/dtmf-relay', 'Signal=10\r\nDuration=99999', '*', 5_000],
    ['application/dtmf', '7', '7', 160],
    ['application/dtmf', ' 11\r\n', '#', 160],
    ['application/dtmf', 'Signal=*\r\nDuration=100', '*', 100],
  ])('%s %j is key %s', (contentType, body, digit, durationMs) => {
    expect(keyOfInfo(contentType, body)).toEqual({ digit, durationMs })
  })

  it.each([
    ['application/dtmf-relay', 'Signal=hf'],
    ['application/dtmf-relay', 'Signal=16'],
    ['application/dtmf-relay', '5'],
    ['application/dtmf', ''],
    ['application/dtmf', '55'],
    ['text/plain', 'Signal=5'],
  ])('%s %j is none', (contentType, body) => {
    expect(keyOfInfo(contentType, body)).toBeUndefined()
  })

  it('becomes a telephone event where the other side takes those, else goes on as INFO (RFC 6086, RFC 4733)', () => {
    expect(onInfo(talking, { type: 'info', atMs: 0, side: 'caller', ...relay, isDigitTakenInRtp: true }).effects).toEqual([
      { type: 'sendDigit', to: 'callee', digit: '5', durationMs: 250 },
    ])
    expect(onInfo(talking, { type: 'info', atMs: 0, side: 'callee', ...relay, isDigitTakenInRtp: false }).effects).toEqual([
      { type: 'relayInfo', to: 'caller', ...relay },
    ])
    const flash = { contentType: 'application/dtmf-relay', body: 'Signal=hf' }
    expect(onInfo(talking, { type: 'info', atMs: 0, side: 'callee', ...flash, isDigitTakenInRtp: true }).effects).toEqual([
      { type: 'relayInfo', to: 'caller', ...flash },
    ])
    expect(onInfo(ringing, { type: 'info', atMs: 0, side: 'caller', ...relay }).effects).toEqual([])
  })
})

describe('keys of somebody who may record the call by keys', () => {
  const pressed = (keys: string, options: { gapMs?: number; isTakenAsTone?: true } = { isTakenAsTone: true }) => {
    const { gapMs = 400, ...how } = options
    let step: Step = talking
    for (const [index, digit] of keys.split('').entries())
      step = onDigit(step, { type: 'digit', atMs: index * gapMs, side: 'callee', digit, relayed: false, isInfoAllowed: true, isCommand: true, ...how })
    return step
  }
  const heard = ({ effects }: Step) => effects.flatMap((effect) => (effect.type === 'sendDigit' ? [effect.digit] : effect.type === 'relayInfo' ? [effect.body] : [])) // prettier-ignore

  it.each([
    ['*1', ''],
    ['*2', ''],
    ['5*16', '56'],
    ['*9', '*9'],
    ['**1', '*'],
    ['12', '12'],
    ['*', ''],
  ])('%s: the other party hears %j', (keys, others) => {
    expect(heard(pressed(keys)).join('')).toBe(others)
  })

  it('a key is as long for the other party as it was pressed, within reason', () => {
    const held = (durationMs: number) => {
      const event = { type: 'digit', atMs: 0, side: 'callee', digit: '5', relayed: false, isInfoAllowed: true, isCommand: true, durationMs } as const
      return [onDigit(talking, { ...event, isTakenAsTone: true }), onDigit(talking, event)].flatMap(({ effects }) => effects)
    }
    expect(held(1_240)).toEqual([
      { type: 'sendDigit', to: 'caller', digit: '5', durationMs: 1_240 },
      { type: 'relayInfo', to: 'caller', contentType: 'application/dtmf-relay', body: 'Signal=5\r\nDuration=1240\r\n' },
    ])
    expect([held(10)[0], held(60_000)[0]]).toMatchObject([{ durationMs: 40 }, { durationMs: 5_000 }])
  })

  it('a star alone reaches the other party when nothing has followed in time', () => {
    const alone = pressed('*')
    expect(alone.effects).toEqual([{ type: 'startTimer', name: 'star', delayMs: 3_000 }])
    expect(heard(releaseStar(alone))).toEqual(['*'])
    expect(heard(pressed('*1', { gapMs: 3_001, isTakenAsTone: true }))).toEqual(['*', '1'])
  })

  it('goes on by INFO to who takes keys so, and INFO of theirs is held back too', () => {
    expect(heard(pressed('*1', {}))).toEqual([])
    expect(heard(pressed('7', {}))).toEqual(['Signal=7\r\nDuration=160\r\n'])
    const info = (body: string, before: Step) =>
      onInfo(before, { type: 'info', atMs: 0, side: 'caller', contentType: 'application/dtmf', body, isDigitTakenInRtp: true, isCommand: true })
    expect(heard(info('1', info('*', talking)))).toEqual([])
    expect(heard(info('3', info('*', talking)))).toEqual(['*', '3'])
  })
})

describe('a phone that sends a key both ways', () => {
  it('is heard once', () => {
    const inRtp = onDigit(talking, { type: 'digit', atMs: 1_000, side: 'caller', digit: '5', relayed: true, isInfoAllowed: true })
    const info = { type: 'info', side: 'caller', ...relay, isDigitTakenInRtp: true } as const
    expect(onInfo({ ...inRtp, effects: [] }, { ...info, atMs: 1_100 }).effects).toEqual([])
    expect(onInfo(inRtp, { ...info, atMs: 2_000 }).effects.map(({ type }) => type)).toEqual(['sendDigit'])
    expect(onInfo(inRtp, { ...info, atMs: 1_100, side: 'callee' }).effects.map(({ type }) => type)).toEqual(['sendDigit'])
  })
})

describe('a telephone event', () => {
  it('becomes INFO when the other side did not get it and allows INFO, and nothing else', () => {
    const event = { type: 'digit', atMs: 0, side: 'caller', digit: '#', relayed: false, isInfoAllowed: true } as const
    expect(onDigit(talking, event).effects).toEqual([
      { type: 'relayInfo', to: 'callee', contentType: 'application/dtmf-relay', body: 'Signal=#\r\nDuration=160\r\n' },
    ])
    expect(onDigit(talking, { ...event, relayed: true }).effects).toEqual([])
    expect(onDigit(talking, { ...event, isInfoAllowed: false }).effects).toEqual([])
    expect(onDigit(ringing, event).effects).toEqual([])
  })

  it('is put into the voice of a trunk that hears keys as tones (S3-13), unless it has it already', () => {
    const event = { type: 'digit', atMs: 0, side: 'caller', digit: '5', relayed: false, isInfoAllowed: false, isTakenAsTone: true } as const
    expect(onDigit(talking, event).effects).toEqual([{ type: 'sendDigit', to: 'callee', digit: '5', durationMs: 160 }])
    expect(onDigit(talking, { ...event, relayed: true }).effects).toEqual([])
  })
})
