import { createLogger, type ProcessLogger } from '../logging.ts'
import type { RunningServer, StartServer } from '../running-server.ts'
import { loadConfiguration } from './load-configuration.ts'

/** Beside the time calls have. */
const STOP_LIMIT_MS = 55_000
const STOP_AFTER_BUG_LIMIT_MS = 5_000
/** `npm start` passes Ctrl-C on although the terminal sent it to us too: a second one only counts when it is another press. */
const SECOND_PRESS_AFTER_MS = 1000

/** `dialtone start`: runs until a signal ends it. @returns the exit code. */
export async function runStart(loadStartServer: () => Promise<StartServer>): Promise<number> {
  const config = loadConfiguration()
  if (!config.ok) {
    console.error(`Dialtone did not start. ${config.error}`)
    return 1
  }
  const logger = createLogger({ level: config.value.logLevel, pretty: process.stdout.isTTY })
  for (const warning of config.value.warnings) logger.warn(warning)
  // Listening from here on: a signal that comes while the server starts waits for it, then stops it.
  const ending = waitForEnd(logger)
  const startServer = await loadStartServer()
  const started = await startServer({ config: config.value, logger, print: printBesideLog })
  if (!started.ok) {
    logger.flush()
    console.error(`Dialtone did not start. ${started.error.message}`)
    return 1
  }
  const reason = await ending
  const limitMs = reason === 'bug' ? STOP_AFTER_BUG_LIMIT_MS : STOP_LIMIT_MS + config.value.drainSeconds * 1000
  const stopped = await stopWithin(started.value, limitMs, logger)
  logger.flush()
  return reason === 'signal' && stopped ? 0 : 1
}

/** Beside JSON lines on stdout, words for a person go to stderr: who reads the log by program gets nothing but JSON. */
function printBesideLog(text: string): void {
  if (process.stdout.isTTY) console.log(text)
  else console.error(text)
}

/** Resolves when the server has to go: a signal, or a bug after which nothing it believes can be trusted. */
function waitForEnd(logger: ProcessLogger): Promise<'signal' | 'bug'> {
  return new Promise((resolve) => {
    let firstAtMs: number | undefined
    const onSignal = (signal: NodeJS.Signals): void => {
      firstAtMs ??= performance.now()
      if (performance.now() - firstAtMs > SECOND_PRESS_AFTER_MS) process.exit(1)
      logger.info('stopping', { signal })
      resolve('signal')
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
    const onBug = (error: unknown): void => {
      logger.error('stopping after an error nobody handled', { error })
      // A start that never comes to its end leaves nothing to wait for, and must not look like success.
      process.exitCode = 1
      resolve('bug')
    }
    process.on('uncaughtException', onBug)
    process.on('unhandledRejection', onBug)
  })
}

async function stopWithin(server: RunningServer, limitMs: number, logger: ProcessLogger): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs)
  })
  try {
    const stopped = await Promise.race([server.stop().then(() => true), limit])
    logger.info(stopped ? 'stopped' : 'stopped before everything was closed', stopped ? undefined : { limitMs })
    return stopped
  } catch (error) {
    logger.error('the server did not stop cleanly', { error })
    return false
  } finally {
    clearTimeout(timer)
  }
}
