import type { Context } from '../context.ts'
import type { DueTask } from './due-work.ts'

/** Work that talks to others, who may be slow: whoever is done makes room at once, and what comes meanwhile waits for nobody else's end. */
export interface Dispatch {
  readonly task: DueTask
  /** There is something to do: now, instead of at the next look. */
  readonly kick: () => void
  /** Resolves when nothing that is due waits any more, and all of it is done. */
  readonly settled: () => Promise<void>
  /** Resolves when what is being done is done; the rest waits for the next start. */
  readonly stop: () => Promise<void>
}

export interface DispatchOptions {
  /** As in the logs. */
  readonly name: string
  readonly context: () => Context
  /**
   * Takes what is due and has a place.
   * @returns what is to be begun; nothing when nothing is due, or no place is free
   */
  readonly take: (context: Context) => Promise<readonly (() => Promise<void>)[]>
}

export function createDispatch({ name, context, take }: DispatchOptions): Dispatch {
  const underway = new Set<Promise<void>>()
  let [news, running] = [Promise.withResolvers<void>(), undefined as Promise<void> | undefined]
  let [again, isStopped] = [false, false]

  const begin = (work: () => Promise<void>): void => {
    const doing = work()
      .catch((error: unknown) => context().logger.error('due work broke', { task: name, error: error instanceof Error ? error.stack : String(error) }))
      .finally(() => underway.delete(doing))
    underway.add(doing)
  }
  const doAll = async (): Promise<void> => {
    while (!isStopped) {
      news = Promise.withResolvers()
      const works = await take(context())
      for (const work of works) begin(work)
      if (works.length > 0) continue
      if (underway.size === 0) return
      await Promise.race([...underway, news.promise])
    }
  }
  const settled = (): Promise<void> => {
    again = true
    news.resolve()
    running ??= (async () => {
      while (again) {
        again = false
        await doAll()
      }
    })().finally(() => {
      running = undefined
    })
    return running
  }
  const kick = (): void => {
    settled().catch((error: unknown) => context().logger.warn('due work failed, will be retried', { task: name, error: String(error) }))
  }
  const stop = async (): Promise<void> => {
    isStopped = true
    news.resolve()
    await running?.catch(() => undefined)
    await Promise.all(underway)
  }
  return { task: { name, isBackground: true, run: settled, again: kick, stop }, kick, settled, stop }
}
