import type { Reporter, TestModule } from 'vitest/node'

interface OutsideError {
  readonly message: string
  /** Where it came from, when that is known. */
  readonly VITEST_TEST_PATH?: string
}

/** Names the tests that failed, a line each, and prints the one closing line that CI reads: `N passed, N failed`. */
export class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly OutsideError[]): void {
    let passed = 0
    let failed = errors.length
    let skipped = 0
    for (const module of modules) {
      let failedHere = 0
      for (const test of module.children.allTests()) {
        const { state, errors: reasons } = test.result()
        if (state === 'failed') {
          failedHere++
          say(module, test.fullName, reasons)
        } else if (state === 'passed') passed++
        else skipped++
      }
      // A file that cannot be loaded, or whose preparation fails, has no test that failed.
      if (module.state() === 'failed' && failedHere === 0) {
        failedHere++
        say(module, 'its preparation', [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors())])
      }
      failed += failedHere
      // A promise nobody waited for, most of all: it belongs to the file, if to no test of it.
      for (const error of errors) if (error.VITEST_TEST_PATH === module.moduleId) say(module, 'outside of its tests', [error])
    }
    process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
  }
}

function say(module: TestModule, what: string, reasons: readonly { readonly message: string }[] | undefined): void {
  process.stdout.write(`\nfailed: ${module.relativeModuleId} > ${what}: ${reasons?.[0]?.message.trimStart().split('\n', 1)[0] ?? ''}`)
}

// Vitest loads a reporter file by its default export.
export default PlainReporter
