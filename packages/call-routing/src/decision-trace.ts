import type { DecisionStep } from './route-decision.ts'

/** The steps of one decision while it is being made. */
export interface DecisionTrace {
  readonly steps: readonly DecisionStep[]
  note(rule: string, outcome: string, detail?: Readonly<Record<string, unknown>>): void
}

export function createDecisionTrace(): DecisionTrace {
  const steps: DecisionStep[] = []
  return {
    steps,
    note(rule, outcome, detail) {
      steps.push(detail === undefined ? { rule, outcome } : { rule, outcome, detail })
    },
  }
}
