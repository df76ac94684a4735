import { defineConfig } from 'vitest/config'
import { PlainReporter } from '../scripts/plain-reporter.ts'
import { ACCEPTANCE_WORKERS } from './platform.ts'
import { ReportWriter } from './report-writer.ts'

/** What asks the interface, or a phone that only signals, of tenants of its own, and no question of how long it takes. */
const WITHOUT_SOUND = [
  ...['access', 'account', 'address', 'authorize', 'bulk', 'calling-plan', 'device-line', 'end-user', 'number-guide', 'number-reference'],
  ...['plans-and-reports', 'prevalidation', 'routing-objects', 'sip-trunk-guide', 'start-problem', 'telephone-number', 'tenancy', 'killed-writes'],
  ...['killed-jobs', 'killed-ports', 'killed-events'],
  ...['tenant-isolation', 'write-races', 'port', 'guides', 'guide-program', 'provider-guide', 'business-line', 'business-clock', 'explained-calls'],
  ...['operations-guide', 'explained-features'],
]
/** What loads the machine, cannot bear that somebody else does, measures how fast an answer comes or blocks addresses. */
const ALONE = [
  ...['browser', 'browser-calls', 'crossings', 'dtmf', 'idle-connections', 'malformed-sip', 'phones/instruments', 'races', 'scanners', 'slow-connections'],
  ...['stop-with-calls', 'toughness', 'transports', 'virtual-fax-by-sound'],
].map((name) => `${name}.test.ts`)
const BESIDE_ONE_ANOTHER = WITHOUT_SOUND.map((name) => `${name}.test.ts`)

/** Black box: a started server, real phones. First what has no sound, then calls, three files at a time each: they mostly wait. Then one file after the other. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    reporters: [
      'default',
      new PlainReporter(),
      new ReportWriter({ updates: process.argv.includes('--update'), completes: process.argv.includes('--no-file-parallelism') }),
    ],
    globalSetup: ['./shared-platform.ts'],
    pool: 'forks',
    // Vitest's second for what is polled is short on a machine that has other things to do.
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 180_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'beside one another', include: BESIDE_ONE_ANOTHER, maxWorkers: ACCEPTANCE_WORKERS, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: 'calls',
          include: ['**/*.test.ts'],
          exclude: [...BESIDE_ONE_ANOTHER, ...ALONE],
          maxWorkers: ACCEPTANCE_WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { name: 'one by one', include: ALONE, fileParallelism: false, sequence: { groupOrder: 2 } } },
    ],
  },
})
