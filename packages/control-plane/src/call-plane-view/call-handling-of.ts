import type { CallHandling, FindMe, FindMeEndpoint, NoAnswerAction, RingOutcomeAction, RungNumber, SimultaneousRing } from '@dialtone/call-routing'
import { listAt, numberAt, objectAt, textAt } from './stored-object.ts'
import type { StoredObject } from './stored-object.ts'

/** A stored call handling as routing uses it; what is missing is as for a new user (S1-58). */
export function callHandlingOf(stored: StoredObject): CallHandling {
  const phone = objectAt(stored, 'ringPhoneCallHandling')
  const forwardAlwaysToNumber = textAt(stored, 'forwardAlwaysToNumber')
  const optionType = (textAt(stored, 'callHandlingOptionType') ?? 'RingPhone') as CallHandling['optionType']
  return {
    doNotDisturbEnabled: stored['doNotDisturbEnabled'] === true,
    callWaitingEnabled: stored['callWaitingEnabled'] !== false,
    optionType,
    ...(forwardAlwaysToNumber === undefined ? {} : { forwardAlwaysToNumber }),
    busy: actionOf(objectAt(phone, 'busyCallHandling')),
    noAnswer: noAnswerOf(objectAt(phone, 'noAnswerCallHandling')),
    unregistered: actionOf(objectAt(phone, 'unregisteredCallHandling')),
    ...(optionType === 'SimultaneousRing' ? { simultaneousRing: simultaneousRingOf(objectAt(stored, 'simultaneousRingCallHandling')) } : {}),
    ...(optionType === 'FindMeFollowMe' ? { findMe: findMeOf(objectAt(stored, 'findMeFollowMeCallHandling')) } : {}),
  }
}

function actionOf(stored: StoredObject): RingOutcomeAction {
  const forwardToNumber = textAt(stored, 'forwardToNumber')
  switch (stored['type']) {
    case 'Forward':
      return forwardToNumber === undefined ? { type: 'Busy' } : { type: 'Forward', forwardToNumber }
    case 'RingForever':
    case 'Busy':
      return { type: stored['type'] }
    default:
      return { type: 'Voicemail' }
  }
}

function noAnswerOf(stored: StoredObject): NoAnswerAction {
  return { ...actionOf(stored), timeoutSeconds: numberAt(stored, 'timeout') }
}

function simultaneousRingOf(stored: StoredObject): SimultaneousRing {
  // Unless the user says that one busy number is enough, the others ring on.
  const shared = { continueOnBusy: stored['continueOnBusy'] !== false, ...confirmsOf(stored) }
  const plain = listAt(stored, 'forwardToNumberList').flatMap((each): readonly RungNumber[] =>
    typeof each === 'string' ? [{ toNumber: each, ringDelaySeconds: 0, ringDurationSeconds: undefined, ...shared }] : [],
  )
  const timed = listAt(stored, 'forwardToTimedNumberList').flatMap((each) => timedNumberOf(each as StoredObject, shared))
  return { numbers: [...plain, ...timed], noAnswer: noAnswerOf(objectAt(stored, 'noAnswerCallHandling')) }
}

function timedNumberOf(stored: StoredObject, shared: Pick<RungNumber, 'continueOnBusy' | 'confirms'>): readonly RungNumber[] {
  const toNumber = textAt(stored, 'toNumber')
  if (toNumber === undefined) return []
  const own = stored['continueOnBusy']
  return [
    {
      toNumber,
      ringDelaySeconds: numberAt(stored, 'ringDelay') ?? 0,
      ringDurationSeconds: numberAt(stored, 'ringDuration'),
      ...shared,
      ...(typeof own === 'boolean' ? { continueOnBusy: own } : {}),
      ...(typeof stored['confirmAnswer'] === 'boolean' ? { confirms: stored['confirmAnswer'] } : {}),
    },
  ]
}

function confirmsOf(stored: StoredObject): { readonly confirms?: true } {
  return stored['confirmAnswer'] === true ? { confirms: true } : {}
}

function findMeOf(stored: StoredObject): FindMe {
  const endpoints = listAt(stored, 'findMeEndpoints').flatMap((each): readonly FindMeEndpoint[] => {
    const endpoint = each as StoredObject
    const to = endpointTo(endpoint)
    const timeoutSeconds = numberAt(endpoint, 'timeout') ?? 20
    return to === undefined ? [] : [{ to, timeoutSeconds, continueOnBusy: endpoint['continueOnBusy'] === true, ...confirmsOf(endpoint) }]
  })
  return { endpoints, timeoutType: timeoutTypeOf(stored['timeoutType']) }
}

function endpointTo(stored: StoredObject): FindMeEndpoint['to'] | undefined {
  if (stored['ringUserDevice'] === true) return { kind: 'own-devices' }
  const [toNumber, userId] = [textAt(stored, 'toNumber'), textAt(stored, 'toUserId')]
  if (toNumber !== undefined) return { kind: 'number', toNumber }
  return userId === undefined ? undefined : { kind: 'user', userId }
}

function timeoutTypeOf(stored: unknown): FindMe['timeoutType'] {
  return stored === 'Forward' || stored === 'Busy' || stored === 'RingForever' ? stored : 'Voicemail'
}
