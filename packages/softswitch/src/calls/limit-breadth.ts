import type { LegPlan } from './state/leg-plan.ts'

/**
 * Divides the caller's Max-Breadth among the forks; those there is none left for are not called (RFC 5393 5.3.3). A caller that
 * says nothing is bounded by our own limit of legs.
 */
export function limitBreadth(plans: readonly LegPlan[], maxBreadth: number | undefined): readonly LegPlan[] {
  if (maxBreadth === undefined || plans.length === 0) return plans
  const forks = Math.min(plans.length, maxBreadth)
  return plans.slice(0, forks).map((plan, index) => {
    const share = Math.floor(maxBreadth / forks) + (index < maxBreadth % forks ? 1 : 0)
    return { ...plan, headers: [...plan.headers, ['Max-Breadth', String(share)]] }
  })
}
