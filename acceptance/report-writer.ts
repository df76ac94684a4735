import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Reporter, TestModule } from 'vitest/node'
import { summarize, type TestOutcome, type TestReport } from './test-report.ts'

const here = dirname(fileURLToPath(import.meta.url))

/** Leaves `.work/report.json` behind; a run with `--update` also renews the committed `coverage.json`. */
export class ReportWriter implements Reporter {
  readonly #startedAt = new Date().toISOString()
  readonly #updates: boolean

  constructor(options: { readonly updates: boolean }) {
    this.#updates = options.updates
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => outcomesOf(module))
    const report: TestReport = { startedAt: this.#startedAt, tests }
    mkdirSync(join(here, '.work'), { recursive: true })
    writeFileSync(join(here, '.work', 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`)
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
