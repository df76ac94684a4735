import Type, { type Static } from 'typebox'
import { named } from '../http/index.ts'
import type { UsedPlan } from './calling-plan-queries.ts'

/** A plan as it is attached to a user, trunk or line (S1-56). A shared one names its owner. */
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
export function callingPlanView({ plan, use }: UsedPlan, now: Date): Static<typeof CallingPlanView> {
  const isReset = plan.resets_at.getTime() <= now.getTime()
  return {
    id: plan.id,
    referenceId: plan.reference_id,
    referenceType: plan.reference_type,
    callingPlanProductId: plan.calling_plan_product_id,
    startDate: use.starts_at.toISOString(),
    ...(use.ends_at === null ? {} : { endDate: use.ends_at.toISOString() }),
    planMinutes: plan.plan_minutes,
    secondsRemaining: isReset ? plan.plan_minutes * 60 : Number(plan.seconds_remaining),
  }
}
