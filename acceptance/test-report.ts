/** What one acceptance run leaves in `.work/report.json`, and how seed items are counted from it. */

export interface TestReport {
  readonly startedAt: string
  readonly tests: readonly TestOutcome[]
}

export interface TestOutcome {
  readonly file: string
  readonly name: string
  readonly state: 'passed' | 'failed' | 'skipped'
}

/** The committed summary: which tests prove which item. */
export interface CoverageSummary {
  readonly proven: Readonly<Record<string, readonly string[]>>
}

const ITEM = /\bS[0-4]-\d{2,3}\b/g

/** The items a test says it proves. */
export function itemsNamedBy(test: TestOutcome): readonly string[] {
  return [...new Set(test.name.match(ITEM))]
}

/** An item is proven when at least one test naming it passed and none of the others did anything else. */
export function summarize(tests: readonly TestOutcome[]): CoverageSummary {
  const naming = new Map<string, TestOutcome[]>()
  for (const test of tests) for (const item of itemsNamedBy(test)) naming.set(item, [...(naming.get(item) ?? []), test])
  const proven: Record<string, readonly string[]> = {}
  for (const item of [...naming.keys()].toSorted(byNumber)) {
    const named = naming.get(item) ?? []
    if (named.every((test) => test.state === 'passed')) proven[item] = named.map((test) => `${test.file}: ${test.name}`).toSorted()
  }
  return { proven }
}

/** S1-9 before S1-10, seed by seed. */
export function byNumber(left: string, right: string): number {
  const order = (item: string): number => Number(item[1]) * 1000 + Number(item.slice(3))
  return order(left) - order(right)
}
