import type { CarrierNews } from '@dialtone/softswitch'
import type { WorkerThread } from './worker-thread.ts'

type Thread = Pick<WorkerThread, 'post'>

/** Of more, those that were told of first are forgotten: a new thread finds out by itself. */
const MAX_KNOWN = 20_000

/**
 * One of several switches registers at carriers and asks their gateways, for carriers do not take two registrations of one user well,
 * and another takes over when it ends. What any of them finds out, by asking or by its calls, all of them route by.
 */
export class CarrierDuty {
  /** Gateways and carriers that are not well, each with what was told last. */
  readonly #unwell = new Map<string, CarrierNews>()
  #keeper: Thread | undefined

  /** A thread begins. */
  add(thread: Thread): void {
    for (const news of this.#unwell.values()) thread.post({ kind: 'carrierNews', news })
    if (this.#keeper === undefined) this.#appoint(thread)
  }

  /** A thread has ended; the others go on. */
  remove(thread: Thread, others: Iterable<Thread>): void {
    if (this.#keeper !== thread) return
    this.#keeper = undefined
    const [next] = others
    if (next !== undefined) this.#appoint(next)
  }

  /**
   * Tells the other threads.
   * @returns whether it is news: two threads may find out the same
   */
  take(news: CarrierNews, from: Thread, threads: Iterable<Thread>): boolean {
    const [key, isWell] = news.kind === 'probed' ? [`g ${news.probe.gatewayId}`, news.probe.status === 'healthy'] : [`c ${news.change.carrierId}`, news.change.health === 'up'] // prettier-ignore
    const before = this.#unwell.get(key)
    const isSame = before === undefined ? isWell : statusOf(before) === statusOf(news)
    if (!isSame) {
      if (isWell) this.#unwell.delete(key)
      else this.#keep(key, news)
      for (const thread of threads) if (thread !== from) thread.post({ kind: 'carrierNews', news })
    }
    // Every probe is measured, whatever came of it.
    return news.kind === 'probed' || !isSame
  }

  #appoint(thread: Thread): void {
    this.#keeper = thread
    thread.post({ kind: 'keepCarriers' })
  }

  #keep(key: string, news: CarrierNews): void {
    this.#unwell.set(key, news)
    const [oldest] = this.#unwell.size > MAX_KNOWN ? this.#unwell.keys() : []
    if (oldest !== undefined) this.#unwell.delete(oldest)
  }
}

function statusOf(news: CarrierNews): string {
  return news.kind === 'probed' ? news.probe.status : news.change.health
}
