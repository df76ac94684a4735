import type { LogFields, Logger } from '@dialtone/foundation'
import type { LogLevel } from '../configuration/index.ts'
import type { FromWorker } from './worker-protocol.ts'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']

/** A logger whose lines are written by the main thread. */
export function createThreadLogger(minimum: LogLevel, post: (message: FromWorker) => void): Logger {
  const logAt =
    (level: Exclude<LogLevel, 'silent'>) =>
    (message: string, fields?: LogFields): void => {
      if (LEVELS.indexOf(level) >= LEVELS.indexOf(minimum)) post({ kind: 'log', level, message, fields })
    }
  return { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') }
}
