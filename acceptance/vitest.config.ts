import { defineConfig } from 'vitest/config'
import { PlainReporter } from '../scripts/plain-reporter.ts'
import { ReportWriter } from './report-writer.ts'

/** Black box: a started server, real phones, one file after the other. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['**/*.test.ts'],
    reporters: ['default', new PlainReporter(), new ReportWriter({ updates: process.argv.includes('--update') })],
    globalSetup: ['./shared-platform.ts'],
    pool: 'forks',
    fileParallelism: false,
    // Phones, browsers and scenarios of other makers, in real time: one more attempt, and the run says who needed it.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
})
