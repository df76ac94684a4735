import { describe, expect, it } from 'vitest'
import type { RoutingConferenceRoom, RoutingSnapshot } from '../src/index.ts'
import { NO_SERVICES } from '../src/index.ts'
import { account, attempt, dial, number, receive, rulesOf, SPARE_NUMBER } from './account-fixture.ts'

const room: RoutingConferenceRoom = { id: 'monday', name: 'Monday', pin: '1234', maxParties: 3, hasTones: true, music: [] }
const to = { referenceType: 'CONFERENCE_ROOM', referenceId: 'monday' }

function withRoom(): RoutingSnapshot {
  const services = { ...NO_SERVICES, conferenceRooms: new Map([['monday', room]]), targetByExtension: new Map([['4500', to]]) }
  return account({ numbers: [number(SPARE_NUMBER, ['CONFERENCE_ROOM', 'monday'])], changes: { services } })
}

describe('a conference room', () => {
  it('is served by the platform, by its extension and behind a number', () => {
    const served = { kind: 'serve', target: 'conference:monday', service: { kind: 'conference', conferenceRoomId: 'monday' } }
    expect(dial(withRoom(), 'lobby', '4500')).toMatchObject({ ...served, calledNumber: '4500' })
    expect(receive(withRoom(), SPARE_NUMBER)).toMatchObject({ ...served, calledNumber: SPARE_NUMBER })
  })

  it('tells whether a PIN is asked for, and never which', () => {
    const decision = dial(withRoom(), 'lobby', '4500')
    expect(decision.steps).toContainEqual(
      expect.objectContaining({ rule: 'conference', outcome: 'the caller is asked for the PIN', detail: expect.objectContaining({ name: 'Monday' }) }),
    )
    expect(JSON.stringify(decision)).not.toContain('1234')
  })

  it('refuses where there are no services, when it is gone, and when it was tried', () => {
    expect(dial(withRoom(), 'lobby', '4500', [], { canServe: false })).toMatchObject({ kind: 'reject', code: 'DestinationNotAvailable' })
    const gone = account({ changes: { services: { ...NO_SERVICES, targetByExtension: new Map([['4500', to]]) } } })
    const decision = dial(gone, 'lobby', '4500')
    expect(decision).toMatchObject({ kind: 'reject', code: 'DestinationNotAvailable' })
    expect(rulesOf(decision)).toContain('conference')
    expect(dial(withRoom(), 'lobby', '4500', [attempt('conference:monday', 'failed', 500)]).kind).toBe('reject')
  })
})
