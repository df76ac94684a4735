import type { CallControl } from './context.ts'

/** Of a control plane beside which no switch runs: there are no calls, and none would be taken. */
export const NO_SWITCH: CallControl = {
  explain: () => Promise.resolve(undefined),
  callsOf: () => Promise.resolve([]),
  recentOf: () => Promise.resolve([]),
  describe: () => Promise.resolve(undefined),
  sessionsWith: () => Promise.resolve([]),
  queueNow: () => Promise.resolve({ waiting: 0, oldestSinceMs: undefined, callbacks: 0, talking: {}, idle: {} }),
  callsAt: () => Promise.resolve(0),
  hangUp: () => Promise.resolve('NoSuchCall'),
  sendFax: () => Promise.resolve(undefined),
  originate: () => Promise.resolve(undefined),
  record: () => Promise.resolve('NoSuchCall'),
  supervise: () => Promise.resolve({ result: 'NoSuchCall' }),
  linesInCall: () => Promise.resolve([]),
  notify: () => Promise.resolve({ kind: 'unreachable', reason: 'no switch runs' }),
  transfer: () => Promise.resolve({ result: 'NoSuchCall' }),
}
