import { normalizePhoneNumber } from '@dialtone/numbering'
import type { ObjectReference, ObjectType } from '../account-objects/index.ts'
import type { FieldProblem } from '../failures/index.ts'
import type { LineType } from '../reference-data/index.ts'

/** What the `referenceId` of a key names, by the type of the key (public-spec section 9). */
type ReferenceRule =
  | { readonly kind: 'none' }
  | { readonly kind: 'object'; readonly type: ObjectType }
  /** A number as a person dials it: it need not be one of the account. */
  | { readonly kind: 'number' }
  | { readonly kind: 'text' }

const USER = { kind: 'object', type: 'END_USER' } as const

const RULES: Readonly<Record<LineType, ReferenceRule>> = {
  Line: { kind: 'none' },
  AdvancedSharedLine: USER,
  ReferencedUser: USER,
  IntercomLine: USER,
  PresenceBlfUser: USER,
  SpeedDialUser: USER,
  SpeedDialTn: { kind: 'number' },
  CallParkingSpot: { kind: 'object', type: 'CALL_PARKING_SPOT' },
  SipPaging: { kind: 'object', type: 'PAGING_GROUP' },
  Custom: { kind: 'text' },
}

/** Keys that register and ring; all others only dial, watch or fetch. */
const REGISTERING: readonly LineType[] = ['Line', 'AdvancedSharedLine', 'ReferencedUser']

export function registersItself(lineType: LineType): boolean {
  return REGISTERING.includes(lineType)
}

export function referenceProblem(lineType: LineType, referenceId: string | undefined): FieldProblem | undefined {
  const rule = RULES[lineType]
  const problem = (code: string, reason: string, words: string): FieldProblem => ({ field: 'referenceId', code, reason, rule: words })
  if (rule.kind === 'none') return referenceId === undefined ? undefined : problem('InvalidReferenceId', 'is not allowed', `a ${lineType} refers to nothing`)
  if (referenceId === undefined) return rule.kind === 'text' ? undefined : problem('ReferenceIdRequired', 'is missing', `required for a ${lineType}`)
  if (rule.kind === 'number' && !/^[0-9*#+]{1,20}$/.test(referenceId) && normalizePhoneNumber(referenceId) === undefined) {
    return problem('InvalidReferenceId', `"${referenceId}" is nothing to dial`, 'up to 20 digits, *, # and +')
  }
  return undefined
}

/** The object of the account that a key points at: its existence is proven by the registry. */
export function referencedObject(lineType: LineType, referenceId: string | undefined): ObjectReference | undefined {
  const rule = RULES[lineType]
  return rule.kind !== 'object' || referenceId === undefined ? undefined : { role: 'reference', type: rule.type, id: referenceId }
}
