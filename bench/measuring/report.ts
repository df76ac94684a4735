import type { ProcessGroup } from './process-group.ts'

/** One figure of a round by the key of its quantity. */
export type Sample = Readonly<Record<string, number>>

export interface Quantity {
  readonly key: string
  readonly label: string
  readonly digits: number
  /** Set: a ratio is printed, and which way is good is said with it. */
  readonly better?: 'lower' | 'higher'
}

export interface Subject {
  readonly name: string
  readonly isOurs: boolean
  /** One measurement, bounded in time by itself. */
  measure(): Promise<Sample>
}

export interface MeasuredSubject {
  readonly name: string
  readonly isOurs: boolean
  readonly samples: readonly Sample[]
}

export interface BenchTable {
  readonly title: string
  /** What was done and under which conditions, a sentence each. */
  readonly conditions: readonly string[]
  readonly quantities: readonly Quantity[]
  readonly subjects: readonly MeasuredSubject[]
}

export interface BenchReport {
  readonly tables: readonly BenchTable[]
  /** `not measured: X is not installed`, a sentence each. */
  readonly notMeasured: readonly string[]
  /** Programs that took part, with their versions. */
  readonly versions: readonly string[]
}

export interface Bench {
  readonly name: string
  readonly title: string
  run(o: BenchContext): Promise<BenchReport>
}

export interface BenchContext {
  /** Counts so small that only the machinery is tried: the figures mean nothing. */
  readonly quick: boolean
  /** `--calls=N`: how many, for a bench that may run long. */
  readonly calls?: number
  /** For logs and generated files; removed afterwards. */
  readonly workFolder: string
  /** Whatever is started belongs here; all of it is stopped when the bench is over. */
  readonly processes: ProcessGroup
}

/** Peer, ours, peer, ours …: whatever the machine does meanwhile, it does to all of them. */
export async function interleave(subjects: readonly Subject[], rounds: number): Promise<readonly MeasuredSubject[]> {
  const measured = subjects.map((subject) => ({ subject, samples: [] as Sample[] }))
  for (let round = 0; round < rounds; round++) for (const one of measured) one.samples.push(await one.subject.measure())
  return measured.map(({ subject, samples }) => ({ name: subject.name, isOurs: subject.isOurs, samples }))
}
