import { describe, expect, it } from 'vitest'
import { callHandlingOf } from './call-handling-of.ts'
import { callScreeningOf } from './call-screening-of.ts'
import { handlingSchedulesOf } from './handling-schedules-of.ts'

describe('the stored call handling, as routing sees it (S1-58)', () => {
  it('keeps lists of numbers with and without times, and who ends the ringing when busy', () => {
    const stored = {
      callHandlingOptionType: 'SimultaneousRing',
      callWaitingEnabled: false,
      simultaneousRingCallHandling: {
        forwardToNumberList: ['4003'],
        forwardToTimedNumberList: [{ toNumber: '8015550100', ringDelay: 5, ringDuration: 10, continueOnBusy: true }],
        noAnswerCallHandling: { type: 'Forward', forwardToNumber: '4004', timeout: 33 },
        continueOnBusy: false,
      },
    }
    expect(callHandlingOf(stored)).toMatchObject({
      callWaitingEnabled: false,
      simultaneousRing: {
        numbers: [
          { toNumber: '4003', ringDelaySeconds: 0, ringDurationSeconds: undefined, continueOnBusy: false },
          { toNumber: '8015550100', ringDelaySeconds: 5, ringDurationSeconds: 10, continueOnBusy: true },
        ],
        noAnswer: { type: 'Forward', forwardToNumber: '4004', timeoutSeconds: 33 },
      },
    })
  })

  it('keeps of whom it is wanted that he confirms: of all numbers, unless one says otherwise (ours)', () => {
    const simultaneousRingCallHandling = {
      confirmAnswer: true,
      forwardToNumberList: ['4003'],
      forwardToTimedNumberList: [{ toNumber: '4004', ringDelay: 0, ringDuration: 5, confirmAnswer: false }],
    }
    const together = callHandlingOf({ callHandlingOptionType: 'SimultaneousRing', simultaneousRingCallHandling })
    expect(together.simultaneousRing?.numbers.map(({ confirms }) => confirms)).toEqual([true, false])
    const findMeEndpoints = [{ toNumber: '4003', timeout: 30, confirmAnswer: true }]
    const search = callHandlingOf({ callHandlingOptionType: 'FindMeFollowMe', findMeFollowMeCallHandling: { findMeEndpoints, timeoutType: 'Busy' } })
    expect(search.findMe?.endpoints).toMatchObject([{ confirms: true }])
  })

  it('keeps the steps of a search in their order, each with its kind', () => {
    const findMeEndpoints = [
      { ringUserDevice: true, timeout: 10, continueOnBusy: true },
      { toUserId: 'u1', timeout: 20 },
      { toNumber: '4003', timeout: 30 },
    ]
    const stored = { callHandlingOptionType: 'FindMeFollowMe', findMeFollowMeCallHandling: { findMeEndpoints, timeoutType: 'Busy' } }
    expect(callHandlingOf(stored).findMe).toEqual({
      endpoints: [
        { to: { kind: 'own-devices' }, timeoutSeconds: 10, continueOnBusy: true },
        { to: { kind: 'user', userId: 'u1' }, timeoutSeconds: 20, continueOnBusy: false },
        { to: { kind: 'number', toNumber: '4003' }, timeoutSeconds: 30, continueOnBusy: false },
      ],
      timeoutType: 'Busy',
    })
  })

  it('of which nothing is stored is that of a new user', () => {
    expect(callHandlingOf({})).toMatchObject({ doNotDisturbEnabled: false, callWaitingEnabled: true, optionType: 'RingPhone', busy: { type: 'Voicemail' } })
  })
})

describe('the stored screening (S1-59)', () => {
  it('is none when it lets everybody in', () => {
    expect(callScreeningOf({ anonymousCallScreen: 'Allow', tollFreeCallScreen: 'Allow', defaultCallScreen: 'Allow' })).toBeUndefined()
    expect(callScreeningOf(null)).toBeUndefined()
  })

  it('knows single callers by their number, however it was written', () => {
    const stored = { customCallScreenList: [{ telephoneNumber: '(801) 555-0100', blockType: 'VipRing', ringType: 'Ring2' }], anonymousCallScreen: 'Block' }
    expect(callScreeningOf(stored)).toMatchObject({
      custom: new Map([['18015550100', { action: 'VipRing', ringType: 'Ring2' }]]),
      anonymous: { action: 'Block' },
      others: { action: 'Allow' },
    })
  })
})

describe('stored schedules', () => {
  it('are read by day, by day within named weeks, and by date; 24:00 is the end of the day', () => {
    const schedules = [
      { schedule: { name: 'A', type: 'WEEKLY', weekly: { MON: { startTime: '08:30', endTime: '17:00:30' } } }, callHandling: {} },
      { schedule: { name: 'B', type: 'WEEKLY', weekly: { summer: { TUE: { startTime: '00:00', endTime: '24:00' } } } }, callHandling: {} },
      {
        schedule: { name: 'C', type: 'CUSTOM', custom: [{ date: '2026-12-25', startTime: '00:00', endTime: '24:00' }] },
        callHandling: { doNotDisturbEnabled: true },
      },
    ]
    expect(handlingSchedulesOf(schedules)).toMatchObject([
      { name: 'A', spans: [{ day: 'MON', startSecond: 30_600, endSecond: 61_230 }] },
      { name: 'B', spans: [{ day: 'TUE', startSecond: 0, endSecond: 86_400 }] },
      { name: 'C', spans: [{ date: '2026-12-25', startSecond: 0, endSecond: 86_400 }], callHandling: { doNotDisturbEnabled: true } },
    ])
  })
})
