import Type, { type Static } from 'typebox'
import { named } from '../http/index.ts'
import type { CallingPlanRow } from './calling-plan-queries.ts'

/** A plan as it is attached to a user, trunk or line (S1-56). */
export const CallingPlanView = named(
  'CallingPlan',
  Type.Object({
    id: Type.String(),
    referenceId: Type.String(),
    referenceType: Type.String(),
    callingPlanProductId: Type.String(),
    startDate: Type.String(),
    endDate: Type.Optional(Type.String()),
    planMinutes: Type.Integer(),
    secondsRemaining: Type.Integer(),
  }),
)

/** A plan whose billing day has passed shows its full minutes again, also before anything was rated (S1-31). */
export function callingPlanView(row: CallingPlanRow, now: Date): Static<typeof CallingPlanView> {
  const isReset = row.resets_at.getTime() <= now.getTime()
  return {
    id: row.id,
    referenceId: row.reference_id,
    referenceType: row.reference_type,
    callingPlanProductId: row.calling_plan_product_id,
    startDate: row.start_date.toISOString(),
    ...(row.end_date === null ? {} : { endDate: row.end_date.toISOString() }),
    planMinutes: row.plan_minutes,
    secondsRemaining: isReset ? row.plan_minutes * 60 : Number(row.seconds_remaining),
  }
}
