import { createRequire } from 'node:module'
import type { LogFields, Logger } from '@dialtone/foundation'
import { pino, type DestinationStream } from 'pino'
import type { LogLevel } from './configuration/index.ts'

export interface ProcessLogger extends Logger {
  /** Writes what waits, at once: the last thing before the process ends. */
  flush(): void
}

export interface LoggerOptions {
  readonly level: LogLevel
  /** Readable text instead of JSON lines: for a terminal. */
  readonly pretty: boolean
  /** Where lines go instead of stdout. */
  readonly destination?: DestinationStream
}

/** Log lines that wait for a slow reader; beyond that the oldest wait no longer and new ones are dropped. */
const LONGEST_BACKLOG_BYTES = 16 * 1024 * 1024
const DEEPEST_FIELD = 6
const REDACTED = '[redacted]'
/** Compared in lower case. */
const SECRET_NAMES = new Set(['authorization', 'proxy-authorization', 'password', 'x-auth-token', 'sippassword'])

/** The logger of the process. It never blocks on a slow reader of stdout, and prints no secret it knows by name. */
export function createLogger(options: LoggerOptions): ProcessLogger {
  const destination = options.destination ?? (options.pretty ? prettyDestination() : undefined) ?? stdoutDestination()
  const logger = pino(
    { level: options.level, base: null, messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    destination,
  )
  return {
    debug: (message, fields) => logger.debug(redacted(fields), message),
    info: (message, fields) => logger.info(redacted(fields), message),
    warn: (message, fields) => logger.warn(redacted(fields), message),
    error: (message, fields) => logger.error(redacted(fields), message),
    flush: () => flush(destination),
  }
}

function stdoutDestination(): DestinationStream {
  return pino.destination({ dest: 1, sync: false, maxLength: LONGEST_BACKLOG_BYTES })
}

/** pino-pretty is a tool for developers: a production installation leaves it out and gets JSON lines on a terminal too. */
function prettyDestination(): DestinationStream | undefined {
  try {
    const pretty = createRequire(import.meta.url)('pino-pretty') as (options: object) => DestinationStream
    return pretty({ sync: true, messageKey: 'message', translateTime: 'SYS:HH:MM:ss.l', singleLine: true })
  } catch {
    return undefined
  }
}

function flush(destination: DestinationStream & { flushSync?: () => void }): void {
  try {
    destination.flushSync?.()
  } catch {
    // Nobody reads any more, and there is nowhere left to say so.
  }
}

function redacted(fields: LogFields | undefined): object {
  return fields === undefined ? {} : (withoutSecrets(fields, 0) as object)
}

function withoutSecrets(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST_FIELD) return '[deeper]'
  if (value instanceof Error) return errorFields(value, depth)
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1))
  const pairs = value instanceof Map ? [...value.entries()].map(([key, item]) => [String(key), item] as const) : Object.entries(value)
  return Object.fromEntries(pairs.map(([name, item]) => [name, SECRET_NAMES.has(name.toLowerCase()) ? REDACTED : withoutSecrets(item, depth + 1)]))
}

function errorFields(error: Error, depth: number): object {
  const own = withoutSecrets(Object.fromEntries(Object.entries(error)), depth + 1) as object
  return {
    ...own,
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: withoutSecrets(error.cause, depth + 1) }),
  }
}
