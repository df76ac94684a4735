import { defineConfig } from 'vitest/config'

const CONTROL_PLANE = ['packages/control-plane/{src,test}/**/*.test.ts']
const OTHERS = ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'apps/server/**/*.test.ts', 'scripts/**/*.test.ts', 'examples/**/*.test.ts']

export default defineConfig({
  test: {
    projects: [
      // Each test makes a plane of its own, and nothing of one is kept in a module: a thousand modules are loaded once, not for every file.
      { extends: true, test: { name: 'control plane', include: CONTROL_PLANE, isolate: false } },
      { extends: true, test: { name: 'others', include: OTHERS, exclude: CONTROL_PLANE } },
    ],
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
