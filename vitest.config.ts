import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'apps/server/**/*.test.ts', 'scripts/**/*.test.ts', 'examples/**/*.test.ts'],
    globalSetup: ['packages/testkit/src/database-setup.ts'],
    reporters: ['default', './scripts/plain-reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Sockets, threads and processes in real time on a machine that may be busy: in CI one more attempt, and the run says who needed it.
    retry: process.env['CI'] === undefined ? 0 : 1,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
