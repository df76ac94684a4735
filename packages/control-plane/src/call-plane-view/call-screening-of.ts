import type { CallScreen, CallScreening, RingType } from '@dialtone/call-routing'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { listAt, textAt } from './stored-object.ts'
import type { StoredObject } from './stored-object.ts'

/** A stored call screening as routing uses it. @returns undefined when it lets everybody in, like that of a new user (S1-59) */
export function callScreeningOf(stored: StoredObject | null): CallScreening | undefined {
  if (stored === null) return undefined
  const custom = listAt(stored, 'customCallScreenList').flatMap((each): [string, CallScreen][] => {
    const entry = each as StoredObject
    const number = normalizePhoneNumber(textAt(entry, 'telephoneNumber') ?? '')
    return number === undefined ? [] : [[number, screenOf(entry['blockType'], entry['ringType'])]]
  })
  const screening: CallScreening = {
    custom: new Map(custom),
    anonymous: screenOf(stored['anonymousCallScreen'], stored['anonymousRingType']),
    tollFree: screenOf(stored['tollFreeCallScreen'], stored['tollFreeRingType']),
    others: screenOf(stored['defaultCallScreen'], stored['defaultRingType']),
    forwardTo: textAt(stored, 'forwardTn'),
  }
  const { anonymous, tollFree, others } = screening
  return custom.length === 0 && [anonymous, tollFree, others].every(({ action }) => action === 'Allow') ? undefined : screening
}

const ACTIONS: readonly CallScreen['action'][] = ['Allow', 'Block', 'BlockWithPrompt', 'Voicemail', 'Forward', 'VipRing']
const RINGS: readonly RingType[] = ['Ring1', 'Ring2', 'Ring3', 'Ring4', 'Ring5', 'Ring6', 'Ring7']

function screenOf(storedAction: unknown, storedRing: unknown): CallScreen {
  return { action: ACTIONS.find((action) => action === storedAction) ?? 'Allow', ringType: RINGS.find((ring) => ring === storedRing) }
}
