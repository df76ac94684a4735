import { describe, expect, it } from 'vitest'
import type { RoutingSnapshot, RoutingVoicemailBox } from '../src/index.ts'
import { decideRoute, NO_SERVICES } from '../src/index.ts'
import { account, ann, ownerOf, rulesOf, user } from './account-fixture.ts'

const annsBox: RoutingVoicemailBox = { id: 'box', name: 'Ann', language: 'en-US', opensToOwnPhones: true }
const lobbyBox: RoutingVoicemailBox = { ...annsBox, id: 'lobby-box', businessLineIds: ['lobby'] }

function withBoxes(changes: Partial<RoutingVoicemailBox> = {}): RoutingSnapshot {
  const boxes = [annsBox, lobbyBox].map((box): [string, RoutingVoicemailBox] => [box.id, { ...box, ...changes }])
  return account({ users: [user({ ...ann, voicemailBoxId: 'box' })], changes: { services: { ...NO_SERVICES, voicemailBoxes: new Map(boxes) } } })
}

const ask = (snapshot: RoutingSnapshot, fromLineId: string, dialed: string, isByPhone = true) =>
  decideRoute(snapshot, { call: { direction: 'originating', fromLineId, dialed, isByPhone }, nowMs: 0, ownerOf, trail: [] })
const opens = (boxId: string | undefined, skipsPin: boolean) => ({ kind: 'serve', service: { kind: 'voicemail-retrieval', boxId, skipsPin } })

describe('a phone asks for messages (public-spec section 12: EnterVoiceMail)', () => {
  it('*97 opens the own box, of a user or of a business line; the own phone needs no PIN where the partition says so', () => {
    expect(ask(withBoxes(), 'ann-desk', '*97')).toMatchObject(opens('box', true))
    expect(ask(withBoxes(), 'lobby', '*97')).toMatchObject(opens('lobby-box', true))
    expect(rulesOf(ask(withBoxes(), 'lobby', '*97'))).toContain('voicemail-pin')
  })

  it('asks for the PIN where the partition wants it', () => {
    expect(ask(withBoxes({ opensToOwnPhones: false }), 'ann-desk', '*97')).toMatchObject(opens('box', false))
    expect(ask(withBoxes({ opensToOwnPhones: undefined }), 'ann-desk', '*97')).toMatchObject(opens('box', false))
  })

  it('asks whoever was transferred there: the line dialed for somebody else', () => {
    expect(ask(withBoxes(), 'ann-desk', '*97', false)).toMatchObject(opens('box', false))
  })

  it('asks at any box that is said by keys, and a phone without a box for both', () => {
    expect(ask(withBoxes(), 'ann-desk', '*98')).toMatchObject(opens(undefined, false))
    expect(ask(withBoxes(), 'bob-desk', '*97')).toMatchObject(opens(undefined, false))
  })
})
