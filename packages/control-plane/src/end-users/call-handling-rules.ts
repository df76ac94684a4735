import { normalizePhoneNumber } from '@dialtone/numbering'
import type { FieldProblem } from '../failures/index.ts'
import type { CallHandlingSettings, CallScreeningSettings } from './call-handling.ts'

/** A number that somebody's calls are sent to: of the phone network, an extension of the account, or a star code. */
export interface Destination {
  readonly field: string
  readonly number: string
}

/** Every rule between the parts of a call handling (public-spec section 8). */
export function callHandlingProblems(settings: CallHandlingSettings, place: string): FieldProblem[] {
  const { callHandlingOptionType: option } = settings
  const problems: FieldProblem[] = []
  if (option === 'ForwardAlways' && settings.forwardAlwaysToNumber === undefined) problems.push(forwardMissing(`${place}.forwardAlwaysToNumber`))
  if (option === 'SimultaneousRing') problems.push(...simultaneousProblems(settings, `${place}.simultaneousRingCallHandling`))
  if (option === 'FindMeFollowMe' || settings.findMeFollowMeCallHandling !== undefined)
    problems.push(...findMeProblems(settings, `${place}.findMeFollowMeCallHandling`))
  for (const [name, action] of actionsOf(settings))
    if (action.type === 'Forward' && action.forwardToNumber === undefined) problems.push(forwardMissing(`${place}.${name}.forwardToNumber`))
  return problems
}

export function callScreeningProblems(settings: CallScreeningSettings, place: string): FieldProblem[] {
  const screens = [settings.anonymousCallScreen, settings.tollFreeCallScreen, settings.defaultCallScreen]
  const custom = settings.customCallScreenList ?? []
  const problems: FieldProblem[] = []
  if ([...screens, ...custom.map(({ blockType }) => blockType)].includes('Forward') && settings.forwardTn === undefined)
    problems.push({ field: `${place}.forwardTn`, code: 'ForwardTnRequired', reason: 'is missing', rule: 'a screening of the kind Forward needs a number' })
  const numbers = custom.map(({ telephoneNumber }) => normalizePhoneNumber(telephoneNumber))
  custom.forEach((_screen, position) => {
    const field = `${place}.customCallScreenList.${position}.telephoneNumber`
    const number = numbers[position]
    if (number === undefined)
      problems.push({ field, code: 'InvalidTelephoneNumber', reason: 'is no telephone number', rule: '10 or 11 digits, or + and country code' })
    else if (numbers.indexOf(number) !== position) problems.push({ field, code: 'DuplicateTelephoneNumber', reason: 'is there twice', rule: 'once a number' })
  })
  return problems
}

/** Every number that a call handling sends calls to. */
export function destinationsOf(settings: CallHandlingSettings, place: string): Destination[] {
  const { forwardAlwaysToNumber, simultaneousRingCallHandling: ring, findMeFollowMeCallHandling: findMe } = settings
  const found: (readonly [string, string | undefined])[] = [
    ['forwardAlwaysToNumber', forwardAlwaysToNumber],
    ...actionsOf(settings).map(([name, action]) => [`${name}.forwardToNumber`, action.forwardToNumber] as const),
    ...(ring?.forwardToNumberList ?? []).map((number, position) => [`simultaneousRingCallHandling.forwardToNumberList.${position}`, number] as const),
    ...(ring?.forwardToTimedNumberList ?? []).map(
      ({ toNumber }, position) => [`simultaneousRingCallHandling.forwardToTimedNumberList.${position}.toNumber`, toNumber] as const,
    ),
    ...(findMe?.findMeEndpoints ?? []).map(({ toNumber }, position) => [`findMeFollowMeCallHandling.findMeEndpoints.${position}.toNumber`, toNumber] as const),
  ]
  return found.flatMap(([field, number]) => (number === undefined ? [] : [{ field: `${place}.${field}`, number }]))
}

/** The users that a call handling rings besides the owner. */
export function ringsUsers(settings: CallHandlingSettings): string[] {
  return (settings.findMeFollowMeCallHandling?.findMeEndpoints ?? []).flatMap(({ toUserId }) => toUserId ?? [])
}

function actionsOf(settings: CallHandlingSettings) {
  const { ringPhoneCallHandling: phone, simultaneousRingCallHandling: ring } = settings
  return [
    ...Object.entries(phone ?? {}).map(([name, action]) => [`ringPhoneCallHandling.${name}`, action] as const),
    ...(ring === undefined ? [] : [['simultaneousRingCallHandling.noAnswerCallHandling', ring.noAnswerCallHandling] as const]),
  ]
}

function simultaneousProblems({ simultaneousRingCallHandling: ring }: CallHandlingSettings, field: string): FieldProblem[] {
  const numbers = (ring?.forwardToNumberList?.length ?? 0) + (ring?.forwardToTimedNumberList?.length ?? 0)
  if (numbers > 0) return []
  return [
    { field: `${field}.forwardToNumberList`, code: 'ForwardToNumberListRequired', reason: 'is missing', rule: 'SimultaneousRing rings at least one number' },
  ]
}

function findMeProblems({ findMeFollowMeCallHandling: findMe }: CallHandlingSettings, place: string): FieldProblem[] {
  const field = `${place}.findMeEndpoints`
  const endpoints = findMe?.findMeEndpoints ?? []
  if (endpoints.length === 0) return [{ field, code: 'FindMeEndpointsRequired', reason: 'is missing', rule: 'FindMeFollowMe rings at least one endpoint' }]
  return endpoints.flatMap((endpoint, position) => {
    const kinds = [endpoint.ringUserDevice === true, endpoint.toNumber !== undefined, endpoint.toUserId !== undefined].filter(Boolean).length
    const problems: FieldProblem[] = []
    if (kinds !== 1)
      problems.push({
        field: `${field}.${position}`,
        code: 'InvalidFindMeEndpoints',
        reason: `says ${kinds} times whom to ring`,
        rule: 'exactly one of ringUserDevice, toNumber, toUserId',
      })
    if (endpoint.continueOnBusy === true && position === endpoints.length - 1)
      problems.push({
        field: `${field}.${position}.continueOnBusy`,
        code: 'InvalidContinueOnBusy',
        reason: 'is true on the last endpoint',
        rule: 'nobody comes after the last',
      })
    return problems
  })
}

function forwardMissing(field: string): FieldProblem {
  return { field, code: 'ForwardToNumberRequired', reason: 'is missing', rule: 'a forward needs a number to forward to' }
}
