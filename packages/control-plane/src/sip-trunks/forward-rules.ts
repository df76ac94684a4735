import type { ObjectReference } from '../account-objects/index.ts'
import type { FieldProblem } from '../failures/index.ts'

/** Where calls of a trunk go instead (public-spec section 11). */
export const FORWARD_TYPES = ['SIP_TRUNK', 'END_USER', 'TELEPHONE', 'AUTO_ATTENDANT', 'IVR', 'VOICEMAIL', 'BUSY'] as const

export interface ForwardTarget {
  readonly referenceType: (typeof FORWARD_TYPES)[number]
  /** An object of the account; for TELEPHONE the number to call; nothing for BUSY. */
  readonly referenceId?: string | undefined
}

export interface ForwardRules {
  readonly forwardAlways: (ForwardTarget & { readonly enabled: boolean }) | undefined
  /** In order, when the PBX does not answer. */
  readonly forwardOnFailure: readonly ForwardTarget[]
  /** In order, when all its call paths are taken. */
  readonly forwardOnCapacityExceeded: readonly ForwardTarget[]
}

const DIALABLE = /^\+?\d{3,15}$/

export function targetsOf(rules: ForwardRules): readonly ForwardTarget[] {
  return [...(rules.forwardAlways === undefined ? [] : [rules.forwardAlways]), ...rules.forwardOnFailure, ...rules.forwardOnCapacityExceeded]
}

/** @param trunkId the trunk whose rules they are; those of a group have none. */
export function forwardProblems(rules: ForwardRules, trunkId: string | undefined): readonly FieldProblem[] {
  return targetsOf(rules).flatMap(({ referenceType, referenceId }): readonly FieldProblem[] => {
    if (referenceType === 'BUSY') return []
    if (referenceId === undefined || referenceId === '') return [problem('referenceId', 'is missing', `required with ${referenceType}`)]
    if (referenceType === 'TELEPHONE')
      return DIALABLE.test(referenceId) ? [] : [problem('referenceId', `"${referenceId}" cannot be dialed`, 'a telephone number')]
    return referenceType === 'SIP_TRUNK' && referenceId === trunkId ? [problem('referenceId', 'is the trunk itself', 'another trunk')] : []
  })
}

export function forwardReferences(rules: ForwardRules): readonly ObjectReference[] {
  return targetsOf(rules).flatMap(({ referenceType, referenceId }): readonly ObjectReference[] => {
    if (referenceId === undefined) return []
    switch (referenceType) {
      case 'SIP_TRUNK':
      case 'END_USER':
      case 'IVR':
        return [{ role: 'forwardTo', type: referenceType, id: referenceId }]
      case 'AUTO_ATTENDANT':
        return [{ role: 'forwardTo', type: 'IVR', id: referenceId }]
      case 'VOICEMAIL':
        return [{ role: 'forwardTo', type: 'VOICEMAIL_BOX', id: referenceId }]
      default:
        return []
    }
  })
}

function problem(field: string, reason: string, rule: string): FieldProblem {
  return { field, code: 'InvalidForwardRule', reason, rule }
}
