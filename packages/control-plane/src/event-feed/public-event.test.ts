import { describe, expect, it } from 'vitest'
import { eventBody, wants } from './public-event.ts'

describe('which events a subscription wants', () => {
  it.each<[names: readonly string[], type: string, expected: boolean]>([
    [[], 'user.created', true],
    [['*'], 'user.created', true],
    [['user.created'], 'user.created', true],
    [['user.created'], 'user.updated', false],
    [['user.*'], 'user.updated', true],
    [['user.*'], 'usergroup.created', false],
    [['call.completed', 'number.*'], 'number.ported', true],
    [['*'], 'job.finished', false],
    [[], 'bulkcollection.created', false],
  ])('%j wants %s: %s', (names, type, expected) => {
    expect(wants(names, type)).toBe(expected)
  })
})

describe('what is shown of an event', () => {
  const event = { id: 'e', occurredAt: new Date(0), partitionId: 'p', accountId: 'a', actor: { userName: 'operator' } }

  it('S0-94: a call has its numbers in E.164, extensions as they are', () => {
    const { data } = eventBody({ ...event, type: 'call.completed', data: { from: '18015550123', to: '4001', duration: 3 } })
    expect(data).toEqual({ from: '+18015550123', to: '4001', duration: 3, accountId: 'a' })
  })

  it('a new user has his maker', () => {
    expect(eventBody({ ...event, type: 'user.created', data: { userId: 'u' } }).data).toEqual({ userId: 'u', accountId: 'a', createdBy: 'operator' })
  })
})
