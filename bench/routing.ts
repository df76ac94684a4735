import { startOurSubject } from './measuring/our-subject.ts'
import { type Bench, interleave, type Quantity, type Subject } from './measuring/report.ts'
import { DECISIONS, type RoutingAnswer, type RoutingQuestion } from './measuring/routing-question.ts'

const USERS = 1_000
const QUANTITIES: readonly Quantity[] = [
  { key: 'p50', label: 'p50 µs', digits: 1 },
  { key: 'p99', label: 'p99 µs', digits: 1 },
  { key: 'longest', label: 'longest µs', digits: 0 },
]

export const routing: Bench = {
  name: 'routing',
  title: 'Routing decisions',
  run: async ({ quick, processes }) => {
    const [rounds, count] = quick ? [2, 200] : [7, 20_000]
    const subject = await startOurSubject(processes, new URL('subjects/routing.ts', import.meta.url), [String(USERS)])
    const subjects = DECISIONS.map((decision): Subject => {
      const measure = async () => ({ ...(await subject.ask<RoutingAnswer>({ decision, count } satisfies RoutingQuestion)) })
      return { name: decision, isOurs: true, measure }
    })
    // The first round is for the compiler.
    await interleave(subjects, 1)
    const conditions = [
      `One account of ${USERS} users with a line and a number each, as the switch has it in memory; \`decideRoute\` as the switch asks it, with its trace. ${count} decisions a round, each timed by itself; the clock is part of it. The goal is a p99 below 100 µs.`,
    ]
    return {
      tables: [{ title: 'One decision', conditions, quantities: QUANTITIES, subjects: await interleave(subjects, rounds) }],
      notMeasured: [],
      versions: [],
    }
  },
}
