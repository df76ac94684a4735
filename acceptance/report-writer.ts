import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Reporter, TestModule } from 'vitest/node'
import { summarize, type TestOutcome, type TestReport } from './test-report.ts'

const here = dirname(fileURLToPath(import.meta.url))
const REPORT = join(here, '.work', 'report.json')

/** Leaves `.work/report.json` behind; a run with `--update` also renews the committed `coverage.json`. */
export class ReportWriter implements Reporter {
  readonly #startedAt = new Date().toISOString()
  readonly #updates: boolean
  /** What a second attempt at some of the files is to complete; read before the folder is emptied. */
  readonly #earlier: readonly TestOutcome[]

  constructor(options: { readonly updates: boolean; readonly completes: boolean }) {
    this.#updates = options.updates
    this.#earlier = options.completes && existsSync(REPORT) ? (JSON.parse(readFileSync(REPORT, 'utf8')) as TestReport).tests : []
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const now = modules.flatMap((module) => outcomesOf(module))
    const again = new Set(now.map(({ file }) => file))
    const tests = [...this.#earlier.filter(({ file }) => !again.has(file)), ...now]
    const report: TestReport = { startedAt: this.#startedAt, tests }
    mkdirSync(dirname(REPORT), { recursive: true })
    writeFileSync(REPORT, `${JSON.stringify(report, undefined, 2)}\n`)
    if (this.#updates) writeFileSync(join(here, 'coverage.json'), `${JSON.stringify(summarize(tests), undefined, 2)}\n`)
  }
}

function outcomesOf(module: TestModule): readonly TestOutcome[] {
  const file = basename(module.moduleId)
  return [...module.children.allTests()].map((test) => {
    const { state } = test.result()
    return { file, name: test.fullName, state: state === 'passed' || state === 'failed' ? state : 'skipped' }
  })
}
