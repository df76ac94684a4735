import { defineConfig } from 'vitest/config'

const CONTROL_PLANE = ['packages/control-plane/{src,test}/**/*.test.ts']
/** Put something else in the place of a module of Node. */
const BY_THEMSELVES = ['packages/sip/src/digest/digest-work.test.ts']
const OTHERS = ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'apps/server/**/*.test.ts', 'scripts/**/*.test.ts', 'examples/**/*.test.ts']

export default defineConfig({
  test: {
    projects: [
      // Each test makes what it needs, and nothing of it is kept in a module: a thousand modules are loaded once, not for every file.
      { extends: true, test: { name: 'control plane', include: CONTROL_PLANE, isolate: false } },
      { extends: true, test: { name: 'others', include: OTHERS, exclude: [...CONTROL_PLANE, ...BY_THEMSELVES], isolate: false } },
      { extends: true, test: { name: 'by themselves', include: BY_THEMSELVES } },
    ],
    globalSetup: ['packages/testkit/src/database-setup.ts'],
    reporters: ['default', './scripts/plain-reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Vitest's second for what is polled is short on a machine that has other things to do.
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
})
