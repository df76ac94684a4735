import { checkDrained, checkQuiet } from './check-run.ts'
import { SimulationRun } from './simulation-run.ts'

export interface SimulationResult {
  readonly seed: number
  readonly hasServices: boolean
  readonly problems: readonly string[]
  /** What everybody said and did. */
  readonly trace: readonly string[]
  readonly calls: number
  readonly answered: number
  readonly datagrams: number
  readonly records: number
  readonly ignoredCancels: number
  readonly furtherAnswers: number
}

/**
 * Runs the platform of one seed from its start to its end. The same seed always gives the same run.
 * @param hasServices whether the platform takes calls itself
 */
export async function simulate(seed: number, hasServices = false): Promise<SimulationResult> {
  const run = new SimulationRun(seed, hasServices)
  const problems: string[] = []
  try {
    await run.live()
    problems.push(...checkQuiet(run))
    await run.drain()
    problems.push(...checkDrained(run))
    await run.stop()
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  const { callsStarted, callsAnswered } = run.switch.statistics
  return {
    seed,
    hasServices,
    problems,
    trace: run.observer.lines,
    calls: callsStarted,
    answered: callsAnswered,
    datagrams: run.network.sent,
    records: run.records.length,
    ignoredCancels: run.ignoredCancels,
    furtherAnswers: run.furtherAnswers,
  }
}

/** Everything somebody needs to find the reason. */
export function reportOf(result: SimulationResult): string {
  const repeat = `node packages/softswitch/test/simulation/run-simulation.ts --seeds ${result.seed}-${result.seed} --trace${result.hasServices ? ' --services' : ''}`
  return [`seed ${result.seed}; again with: ${repeat}`, ...result.problems].join('\n  ')
}
