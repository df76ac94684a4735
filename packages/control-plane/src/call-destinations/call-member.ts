import { err, ok, type Result } from '@dialtone/foundation'
import type { ObjectReference } from '../account-objects/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'

/** Somebody a call is offered to: all phones of a user, or one line (C-57). */
export interface CallMember {
  readonly type: 'END_USER' | 'LINE_APPEARANCE'
  readonly id: string
}

/** As it is given: one of the two. */
export interface GivenMember {
  readonly userId?: string | undefined
  readonly lineId?: string | undefined
}

/** @returns the members in their order, each with what else was given for it. */
export function readMembers<Given extends GivenMember>(field: string, given: readonly Given[]): Result<readonly (readonly [CallMember, Given])[], ApiFailure> {
  const members: [CallMember, Given][] = []
  const seen = new Set<string>()
  for (const [index, one] of given.entries()) {
    const at = `${field}.${index}`
    if ((one.userId === undefined) === (one.lineId === undefined))
      return err(invalidField(at, 'names no user and no line, or both', 'either userId or lineId', 'InvalidMember'))
    const id = one.userId ?? one.lineId ?? ''
    if (seen.has(id)) return err(invalidField(at, `names "${id}" again`, 'every member once', 'InvalidMember'))
    seen.add(id)
    members.push([{ type: one.userId === undefined ? 'LINE_APPEARANCE' : 'END_USER', id }, one])
  }
  return ok(members)
}

export function givenMember({ type, id }: CallMember): GivenMember {
  return type === 'END_USER' ? { userId: id } : { lineId: id }
}

export function memberReferences(role: string, members: readonly CallMember[]): readonly ObjectReference[] {
  return members.map(({ type, id }) => ({ role, type, id }))
}

/** How a call is offered to several (C-57). */
export const RING_STRATEGIES = ['SIMULTANEOUS', 'LINEAR', 'SEQUENTIAL', 'ROUND_ROBIN', 'LONGEST_IDLE'] as const
export type RingStrategy = (typeof RING_STRATEGIES)[number]
