export const DECISIONS = ['extension', 'number of the account', 'number outside', 'hunt group of twenty', 'unknown extension', '911'] as const
export type Decision = (typeof DECISIONS)[number]

export interface RoutingQuestion {
  readonly decision: Decision
  readonly count: number
}

/** Of single decisions, in µs. */
export interface RoutingAnswer {
  readonly p50: number
  readonly p99: number
  readonly longest: number
}
