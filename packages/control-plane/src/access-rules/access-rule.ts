import type { Selectable } from 'kysely'
import { parseAddressRange } from '../access/index.ts'
import type { AccessRuleTable } from '../database/index.ts'
import type { FieldProblem } from '../failures/index.ts'

/** Where a rule counts: requests to this interface, or SIP of the partition's phones and trunks (C-09). */
export const RULE_SCOPES = ['api', 'sip'] as const
export const RULE_ACTIONS = ['allow', 'deny'] as const

export type AccessRuleRow = Selectable<AccessRuleTable>

export interface AccessRuleAttributes {
  readonly scope: (typeof RULE_SCOPES)[number]
  readonly action: (typeof RULE_ACTIONS)[number]
  readonly cidr: string
  readonly description: string
  readonly enabled: boolean
}

/** With the address block in the form it is stored in, and nothing else of what was sent: its members become columns. */
export function normalizedRule({ scope, action, cidr, description, enabled }: AccessRuleAttributes): AccessRuleAttributes | FieldProblem {
  const range = parseAddressRange(cidr)
  if (range === undefined)
    return { field: 'cidr', code: 'InvalidCidr', reason: 'is no address or block of addresses', rule: 'IPv4 or IPv6, such as 192.0.2.0/24' }
  return { scope, action, cidr: range.cidr, description, enabled }
}
