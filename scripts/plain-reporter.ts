import type { Reporter, TestModule } from 'vitest/node'

/** Names the tests that failed or needed a second attempt, a line each, and prints the one closing line that CI reads: `N passed, N failed`. */
export class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    let skipped = 0
    for (const module of modules) {
      if (module.state() === 'failed' && module.children.size === 0) failed++
      for (const test of module.children.allTests()) {
        const { state, errors: reasons } = test.result()
        const name = `${test.module.relativeModuleId} > ${test.fullName}: ${reasons?.[0]?.message.split('\n', 1)[0] ?? ''}`
        if (state === 'failed') process.stdout.write(`\nfailed: ${name}`)
        if (test.diagnostic()?.flaky === true) process.stdout.write(`\nsecond attempt: ${name}`)
        if (state === 'passed') passed++
        else if (state === 'failed') failed++
        else skipped++
      }
    }
    process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
  }
}

// Vitest loads a reporter file by its default export.
export default PlainReporter
