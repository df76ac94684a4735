import { err, type Result } from '@dialtone/foundation'
import type { PartitionScope, Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { inOneUnit } from '../events/index.ts'
import { type ApiFailure, invalidFields } from '../failures/index.ts'
import type { CallingPlanProduct, CallingPlanProductRow } from './calling-plan-product.ts'
import { createCallingPlanProduct } from './change-calling-plan-product.ts'
import { importRateTable } from './product-rates.ts'
import { readRateTable } from './rate-table.ts'

/** A product and its rates from one form. A file with a wrong line makes no product. */
export async function importCallingPlanProduct(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  product: CallingPlanProduct,
  file: string,
): Promise<Result<CallingPlanProductRow, ApiFailure>> {
  const rates = await readRateTable(file)
  if (!rates.ok) {
    const problems = rates.error.slice(0, 20).map(({ lineNumber, column, error, input }) => ({
      field: `file.${column}`,
      code: error,
      reason: `is wrong in line ${lineNumber}: ${input.slice(0, 200)}`,
      rule: 'the columns of GET /v2/ref/default-callingplan-definition',
    }))
    return err(invalidFields(problems))
  }
  // Together: a product without its rates would charge nobody as it should.
  const { result } = await inOneUnit(context, async (unit) => {
    const created = await createCallingPlanProduct(unit, principal, scope, product)
    if (!created.ok) return created
    const imported = await importRateTable(unit, principal, scope, created.value.id, file)
    return imported.ok ? created : imported
  })
  return result
}
