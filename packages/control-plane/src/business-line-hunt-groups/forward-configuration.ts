import type { AccountScope } from '../access/index.ts'
import { type ConfigurationKind, type ConfiguredObject, configuredObject, listObjects } from '../account-objects/index.ts'
import { forwardTargetFailure } from '../business-lines/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { invalidField } from '../failures/index.ts'
import { isStarCodeFree } from './star-codes.ts'

export const FORWARD_TYPES = ['VARIABLE', 'FIXED'] as const

/** A forward of all calls of a group that somebody switches on by dialing its star code. */
export interface ForwardConfiguration {
  readonly huntGroupId: string
  readonly name: string
  readonly starCode: string
  /** Whether the number is dialed behind the star code (VARIABLE), or always the same. */
  readonly forwardConfigurationType: (typeof FORWARD_TYPES)[number]
  readonly forwardToPhoneNumber: string
}

const MAX_CONFIGURATIONS = 1000

export const FORWARD_CONFIGURATIONS: ConfigurationKind<ForwardConfiguration> = {
  type: 'FORWARD_CONFIGURATION',
  idForm: 'uuid',
  historyType: 'BUSINESS_LINE_HUNT_GROUP',
  eventName: 'business-line-hunt-group.forward-configuration',
  nameOf: (configuration) => configuration.name,
  references: ({ huntGroupId }) => [{ role: 'huntGroup', type: 'BUSINESS_LINE_HUNT_GROUP', id: huntGroupId }],
  keys: ({ starCode }) => ({ starCode }),
  check: async (change, scope, { starCode, forwardToPhoneNumber }) => {
    if (!(await isStarCodeFree(change.sql, scope, starCode)))
      return invalidField('starCode', `"${starCode}" does something else, or is none`, 'one of constraints/star-code')
    return forwardTargetFailure(change.sql, scope, [{ field: 'forwardToPhoneNumber', number: forwardToPhoneNumber }])
  },
  limit: MAX_CONFIGURATIONS,
}

export async function configurationsOfGroup(
  sql: Sql | Transaction,
  scope: AccountScope,
  huntGroupId: string,
): Promise<readonly ConfiguredObject<ForwardConfiguration>[]> {
  const rows = await listObjects(sql, scope, 'FORWARD_CONFIGURATION', MAX_CONFIGURATIONS)
  return rows.map((row) => configuredObject<ForwardConfiguration>(row)).filter(({ attributes }) => attributes.huntGroupId === huntGroupId)
}
