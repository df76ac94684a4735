import type { Reporter, TestModule } from 'vitest/node'

/** Names the tests that needed a second attempt and prints the one closing line that CI reads: `N passed, N failed`. */
export class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    let skipped = 0
    for (const module of modules) {
      if (module.state() === 'failed' && module.children.size === 0) failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (test.diagnostic()?.flaky === true) process.stdout.write(`\nsecond attempt: ${test.module.relativeModuleId} > ${test.fullName}`)
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
