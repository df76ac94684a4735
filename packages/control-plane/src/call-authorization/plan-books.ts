import type { DestinationRate, RatedPlan } from '@dialtone/rating'
import { sql as sqlText } from 'kysely'
import { productOf, rateOf } from '../calling-plans/index.ts'
import type { Database, Transaction } from '../database/index.ts'
import type { StoredGuard } from './fraud-guard.ts'
import { readGuardRow, settingsOfRow, spentSince, trippedOfRow } from './stored-guards.ts'

/** One reference that draws from a plan, and when. */
export interface PlanUse {
  readonly referenceType: string
  readonly referenceId: string
  readonly planId: string
  readonly startsAtMs: number
  readonly endsAtMs: number
}

export interface PlanMinutes {
  readonly productId: string
  readonly secondsRemaining: number
  readonly cycleStartsAtMs: number
  readonly resetsAtMs: number
}

/** The plans of one account, as they were stored when it was read. */
export interface AccountPlans {
  readonly partitionId: string
  /** Oldest first. */
  readonly uses: readonly PlanUse[]
  readonly minutes: ReadonlyMap<string, PlanMinutes>
}

/** What a partition sells, and where calls are local. */
export interface PartitionPlans {
  readonly products: ReadonlyMap<string, ProductTerms>
  /** NPA or NPA-NXX to the same. */
  readonly localPrefixes: ReadonlyMap<string, ReadonlySet<string>>
}

export interface ProductTerms {
  readonly name: string
  /** Without anything used. */
  readonly plan: RatedPlan
  readonly rates: ReadonlyMap<string, DestinationRate>
}

const NEVER_MS = Number.MAX_SAFE_INTEGER

export interface AccountsRead {
  readonly accounts: ReadonlyMap<string, AccountPlans>
  readonly charged: readonly string[]
  readonly guard: StoredGuard
}

/** A time as a number: reading dates is most of what thousands of rows cost. */
function millisecondsOf(column: string) {
  return sqlText<number | null>`floor(extract(epoch FROM ${sqlText.ref(column)}) * 1000)::float8`
}

/** Where nobody is guarded. */
const NO_GUARD: StoredGuard = { settings: undefined, tripped: undefined, spentToday: '0.00' }

/** Of one account: what is spent is summed up only where somebody limits it. */
async function guardOf(sql: Transaction, only: { readonly accountId: string; readonly since: Date }): Promise<StoredGuard> {
  const account = await sql.selectFrom('account').select('partition_id').where('id', '=', only.accountId).executeTakeFirst()
  if (account === undefined) return NO_GUARD
  const own = await readGuardRow(sql, account.partition_id, only.accountId)
  const settings = settingsOfRow(own)
  const inForce = settings ?? settingsOfRow(await readGuardRow(sql, account.partition_id))
  const spentToday = inForce?.maxSpendPerDay === undefined ? NO_GUARD.spentToday : await spentSince(sql, only.accountId, only.since)
  return { settings, tripped: trippedOfRow(own), spentToday }
}

/** The plans of one account, or of all; and which of the records that were asked for are charged already, both in one picture. */
export async function readAccountPlans(
  database: Database,
  now: Date,
  only?: { readonly accountId: string; readonly recordIds: readonly string[]; readonly since: Date },
): Promise<AccountsRead> {
  return database.sql
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (sql) => {
      let uses = sql
        .selectFrom('calling_plan_use')
        .select(['account_id', 'partition_id', 'reference_type', 'reference_id', 'calling_plan_id'])
        .select([millisecondsOf('starts_at').as('startsAtMs'), millisecondsOf('ends_at').as('endsAtMs')])
        .where((use) => use.or([use('ends_at', 'is', null), use('ends_at', '>', now)]))
      if (only !== undefined) uses = uses.where('account_id', '=', only.accountId)
      const used = await uses.orderBy('starts_at').orderBy('id').execute()
      let plans = sql
        .selectFrom('calling_plan')
        .select(['account_id', 'id', 'calling_plan_product_id', 'seconds_remaining'])
        .select([millisecondsOf('cycle_starts_at').as('cycleStartsAtMs'), millisecondsOf('resets_at').as('resetsAtMs')])
      if (only !== undefined) plans = plans.where('account_id', '=', only.accountId)
      const minutes = Map.groupBy(await plans.execute(), (plan) => plan.account_id)
      const charged =
        only === undefined || only.recordIds.length === 0
          ? []
          : await sql
              .selectFrom('call_record')
              .select('id')
              .where('id', 'in', [...only.recordIds])
              .execute()
      const accounts = [...Map.groupBy(used, (use) => use.account_id)].map(([accountId, rows]): [string, AccountPlans] => [
        accountId,
        {
          partitionId: rows[0]?.partition_id ?? '',
          uses: rows.map((use) => ({
            referenceType: use.reference_type,
            referenceId: use.reference_id,
            planId: use.calling_plan_id,
            startsAtMs: use.startsAtMs ?? 0,
            endsAtMs: use.endsAtMs ?? NEVER_MS,
          })),
          minutes: new Map(
            (minutes.get(accountId) ?? []).map((plan) => [
              plan.id,
              {
                productId: plan.calling_plan_product_id,
                secondsRemaining: Number(plan.seconds_remaining),
                cycleStartsAtMs: plan.cycleStartsAtMs ?? 0,
                resetsAtMs: plan.resetsAtMs ?? 0,
              },
            ]),
          ),
        },
      ])
      const guard = only === undefined ? NO_GUARD : await guardOf(sql, only)
      return { accounts: new Map(accounts), charged: charged.map(({ id }) => id), guard }
    })
}

/** What partitions sell; of one, or of all. */
export async function readPartitionPlans({ sql }: Database, only?: string): Promise<ReadonlyMap<string, PartitionPlans>> {
  const inScope = only === undefined ? sqlText<boolean>`true` : sqlText<boolean>`partition_id = ${only}`
  const products = await sql.selectFrom('calling_plan_product').selectAll().where(inScope).execute()
  const locals = await sql.selectFrom('local_prefix').selectAll().where(inScope).execute()
  const productIds = products.map(({ id }) => id)
  const rates =
    productIds.length === 0 ? [] : await sql.selectFrom('calling_plan_rate').selectAll().where('calling_plan_product_id', 'in', productIds).execute()
  const ratesOf = Map.groupBy(rates, (rate) => rate.calling_plan_product_id)
  const localOf = Map.groupBy(locals, (row) => row.partition_id)
  const productsOf = Map.groupBy(products, (product) => product.partition_id)
  const partitions = new Set([...productsOf.keys(), ...localOf.keys()])
  return new Map(
    [...partitions].map((partitionId) => [
      partitionId,
      {
        products: new Map(
          (productsOf.get(partitionId) ?? []).map((row): [string, ProductTerms] => {
            const { name, planMinutes, terms } = productOf(row)
            const { overageRatePerMinute, ...rest } = terms
            const plan = { ...rest, planMinutes, secondsRemaining: planMinutes * 60, ratePerMinute: overageRatePerMinute }
            return [row.id, { name, plan, rates: new Map((ratesOf.get(row.id) ?? []).map((rate) => [rate.prefix, rateOf(rate)])) }]
          }),
        ),
        localPrefixes: new Map(
          [...Map.groupBy(localOf.get(partitionId) ?? [], (row) => row.from_prefix)].map(([from, rows]) => [from, new Set(rows.map((row) => row.to_prefix))]),
        ),
      },
    ]),
  )
}
