import type { Logger, Timer, Timers } from '@dialtone/foundation'
import type { Context } from '../context.ts'
import { createDueRows, type DueRows } from './due-rows.ts'

/** Something that falls due by the business clock: a port, a reminder, the end of a cooldown. */
export interface DueTask {
  readonly name: string
  /**
   * Does everything that is due now. The due times are stored, never kept in a timer, so that neither a crash nor a jump of the
   * clock loses one. Safe to repeat, and to run on several nodes at once.
   * @param rows takes each row on its own, where there are several
   */
  readonly run: (context: Context, rows: DueRows) => Promise<void>
  /** It talks to others, who may be slow: nobody waits for it, and it does not run twice at once. */
  readonly isBackground?: boolean
  /** Its time has come again while it still runs. */
  readonly again?: () => void
  /** Ends what is being done and begins nothing more. */
  readonly stop?: () => Promise<void>
}

export interface DueWork {
  /** Resolves when everything that was due at this moment is done; the sandbox asks for it after moving the clock. Never rejects. */
  runNow(): Promise<void>
  stop(): Promise<void>
}

const INTERVAL_MS = 5_000

/** Looks at the start, every few seconds, and when it is told to. A task that fails is logged and tried again next time. */
export function startDueWork(o: { context: () => Context; tasks: readonly DueTask[]; timers: Timers; logger: Logger }): DueWork {
  let timer: Timer | undefined
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  const inBackground = new Map<DueTask, Promise<void>>()
  const rowsOf = new Map<DueTask, DueRows>()
  const attempt = async (task: DueTask): Promise<void> => {
    const context = o.context()
    const rows = rowsOf.get(task) ?? createDueRows(context, task.name)
    rowsOf.set(task, rows)
    await task.run(context, rows).catch((error: unknown) => o.logger.warn('due work failed, will be retried', { task: task.name, error: String(error) }))
  }
  const runAll = async (): Promise<void> => {
    for (const task of o.tasks) {
      if (stopped) return
      if (task.isBackground !== true) await attempt(task)
      else if (inBackground.has(task)) task.again?.()
      else
        inBackground.set(
          task,
          attempt(task).finally(() => inBackground.delete(task)),
        )
    }
  }
  const runNow = (): Promise<void> => {
    running = running.then(runAll)
    return running
  }
  const schedule = (delayMs: number): void => {
    if (!stopped) timer = o.timers.start(delayMs, () => void runNow().then(() => schedule(INTERVAL_MS)))
  }
  schedule(0)
  return {
    runNow,
    stop: async () => {
      stopped = true
      timer?.cancel()
      await Promise.all([running, ...o.tasks.map((task) => task.stop?.())])
      await Promise.all(inBackground.values())
    },
  }
}
