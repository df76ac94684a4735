import { defineConfig } from 'vitest/config'
import { PlainReporter } from '../scripts/plain-reporter.ts'
import { ReportWriter } from './report-writer.ts'

/** What mostly waits for a minute of the protocol to pass, and neither hears nor measures anything. */
const WAITING = ['device.test.ts', 'plan-authorization.test.ts', 'registration.test.ts']

/** Black box: a started server, real phones. First the files that wait, beside one another; then one file after the other. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    reporters: ['default', new PlainReporter(), new ReportWriter({ updates: process.argv.includes('--update') })],
    globalSetup: ['./shared-platform.ts'],
    pool: 'forks',
    // Phones, browsers and scenarios of other makers, in real time: one more attempt, and the run says who needed it.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'waiting', include: WAITING, maxWorkers: WAITING.length, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'one by one', include: ['**/*.test.ts'], exclude: WAITING, fileParallelism: false, sequence: { groupOrder: 1 } } },
    ],
  },
})
