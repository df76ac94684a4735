import type { DIALING_BEHAVIORS } from '@dialtone/numbering'
import type { PartitionScope } from '../access/index.ts'
import type { Sql, Transaction } from '../database/index.ts'

/** What a partition decides for objects that leave it out (C-14, S1-37). Stored sparsely in `partition.settings`. */
export interface PartitionDefaults {
  readonly extensionLength: number
  readonly simpleDialingBehaviorType: (typeof DIALING_BEHAVIORS)[number]
  readonly advancedDialingBehaviorType: (typeof DIALING_BEHAVIORS)[number]
  readonly regulatoryType: 'RESIDENTIAL' | 'COMMERCIAL' | 'GOVERNMENT'
  readonly timeZone: string
  readonly languageTag: string
  readonly holdTimeoutSeconds: number
  readonly holdMusicMediaId: string
  readonly accountNumberMaxLength: number
  readonly tnDeleteCooldownDays: number
  readonly autoAssignCallerId: boolean
}

const PLATFORM_DEFAULTS: PartitionDefaults = {
  extensionLength: 4,
  simpleDialingBehaviorType: 'OPEN_DIAL_PLAN_TEN_DIGIT',
  advancedDialingBehaviorType: 'OPEN_DIAL_PLAN_TEN_DIGIT',
  regulatoryType: 'RESIDENTIAL',
  timeZone: 'US/Mountain',
  languageTag: 'en-US',
  holdTimeoutSeconds: 143,
  // The system's own hold music until an account chooses another.
  holdMusicMediaId: '5967df89-c80e-4e94-b73f-f6f29202de1e',
  // S1-28; a partition may allow up to 256 (C-15).
  accountNumberMaxLength: 25,
  tnDeleteCooldownDays: 90,
  autoAssignCallerId: false,
}

/** The defaults in force: the platform's, then those of the partition. */
export async function partitionDefaults(sql: Sql | Transaction, scope: PartitionScope): Promise<PartitionDefaults> {
  const row = await sql.selectFrom('partition').select('settings').where('id', '=', scope.partitionId).executeTakeFirstOrThrow()
  return { ...PLATFORM_DEFAULTS, ...row.settings }
}

export function defaultsOf(settings: Readonly<Record<string, unknown>>): PartitionDefaults {
  return { ...PLATFORM_DEFAULTS, ...settings }
}
