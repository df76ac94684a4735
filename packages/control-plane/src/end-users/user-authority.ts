import { covers, endUserPermissions, grantsOf, holds, type Principal } from '../access/index.ts'
import { type ApiFailure, notPermitted } from '../failures/index.ts'
import type { EndUserAttributes } from './end-user.ts'

/** What a user without more rights decides about himself (S1-48: "own settings only"); plan, extension, login and kind are not among it. */
const OWN_SETTINGS: ReadonlySet<string> = new Set([
  'firstName', 'lastName', 'emailAddress', 'languageTag', 'timeZone', 'callerIdConfig', 'callHandlingSettings', 'callScreeningSettings', 'callHandlingSchedules',
] satisfies readonly (keyof EndUserAttributes)[]) // prettier-ignore

/**
 * Whether the caller may make, change or remove a user: nobody makes one stronger than himself, and nobody lays hands on one who is
 * (a changed e-mail address and a password reset would take him over).
 * @param before undefined for a new user. @param after undefined for one that goes.
 */
export function refusedByAuthority(
  principal: Principal,
  userId: string | undefined,
  before: EndUserAttributes | undefined,
  after: EndUserAttributes | undefined,
): ApiFailure | undefined {
  const isSelf = userId !== undefined && userId === principal.userId
  if (isSelf && before !== undefined && after !== undefined && !holds(principal, 'EU_User', 'EDIT')) return refusedForOneself(before, after)
  if (before !== undefined && !isSelf && !isWithin(principal, before)) return notPermitted('This user can do more than you.')
  if (after !== undefined && after.endUserType !== before?.endUserType && !isWithin(principal, after))
    return notPermitted(`You cannot make a user ${after.endUserType}: he could do more than you.`)
  return undefined
}

function refusedForOneself(before: EndUserAttributes, after: EndUserAttributes): ApiFailure | undefined {
  const [was, is] = [Object.entries(before), Object.entries(after)]
  const names = new Set([...was, ...is].map(([name]) => name))
  const changed = [...names].filter((name) => !OWN_SETTINGS.has(name) && textOf(was, name) !== textOf(is, name))
  return changed.length === 0 ? undefined : notPermitted(`An administrator has to change ${changed.join(', ')}.`)
}

/** STANDARD users have nothing but themselves: anybody who makes users may make them. */
function isWithin(principal: Principal, user: EndUserAttributes): boolean {
  return user.endUserType === 'STANDARD' || covers(grantsOf(principal), endUserPermissions(user.endUserType))
}

function textOf(entries: readonly (readonly [string, unknown])[], name: string): string {
  return JSON.stringify(entries.find(([key]) => key === name)?.[1] ?? null)
}
