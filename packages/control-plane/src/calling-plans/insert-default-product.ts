import { newId } from '@dialtone/foundation'
import type { Transaction } from '../database/index.ts'
import { DEFAULT_TERMS } from './calling-plan-product.ts'

/** The plan of the examples: 20,000 minutes (S1-56). */
const DEFAULT_PLAN_MINUTES = 20_000

/** Gives a new partition its default plan, so that its first user has minutes; part of the partition's own transaction. */
export async function insertDefaultProduct(sql: Transaction, partitionId: string, now: Date): Promise<void> {
  await sql
    .insertInto('calling_plan_product')
    .values({
      id: newId(),
      partition_id: partitionId,
      name: 'Standard',
      plan_minutes: DEFAULT_PLAN_MINUTES,
      default_plan: true,
      terms: JSON.stringify(DEFAULT_TERMS),
      created_at: now,
    })
    .execute()
}
