import type { Timer, Timers } from '@dialtone/foundation'
import type { AudioClip } from '@dialtone/media'
import type { Phrase, ServiceAnswer, ServiceDesk, ServiceQuestion, ServiceTenant } from '@dialtone/softswitch'

/** A caller does not wait longer for a main thread that says nothing. */
const ANSWER_LIMIT_MS = 10_000

/** What a service in a worker asks the main thread; the sound of the answer is in shared memory. */
export type DeskQuestion = { readonly kind: 'desk'; readonly ticket: number; readonly tenant: ServiceTenant } & (
  | { readonly question: ServiceQuestion }
  | { readonly phrases: readonly Phrase[]; readonly language: string }
)

export interface DeskAnswer {
  readonly kind: 'deskAnswer'
  readonly ticket: number
  readonly answer?: ServiceAnswer | undefined
  readonly clips?: readonly AudioClip[]
}

/** The desk of the services of a switch in a worker: files, messages and boxes are in the main thread. */
export class RemoteServiceDesk implements ServiceDesk {
  readonly #ask: (question: DeskQuestion) => void
  readonly #timers: Timers
  readonly #waiting = new Map<number, { readonly resolve: (answer: DeskAnswer) => void; readonly timer: Timer }>()
  #lastTicket = 0

  constructor(timers: Timers, ask: (question: DeskQuestion) => void) {
    this.#timers = timers
    this.#ask = ask
  }

  async ask(tenant: ServiceTenant, question: ServiceQuestion): Promise<ServiceAnswer | undefined> {
    return (await this.#send((ticket) => ({ kind: 'desk', ticket, tenant, question }))).answer
  }

  async clipsOf(tenant: ServiceTenant, phrases: readonly Phrase[], language: string): Promise<readonly AudioClip[]> {
    return (await this.#send((ticket) => ({ kind: 'desk', ticket, tenant, phrases, language }))).clips ?? []
  }

  /** The main thread's answer. */
  answer(answer: DeskAnswer): void {
    const waiting = this.#waiting.get(answer.ticket)
    if (waiting === undefined) return
    waiting.timer.cancel()
    this.#waiting.delete(answer.ticket)
    waiting.resolve(answer)
  }

  #send(questionOf: (ticket: number) => DeskQuestion): Promise<DeskAnswer> {
    const ticket = ++this.#lastTicket
    return new Promise((resolve) => {
      const timer = this.#timers.start(ANSWER_LIMIT_MS, () => this.answer({ kind: 'deskAnswer', ticket }))
      this.#waiting.set(ticket, { resolve, timer })
      this.#ask(questionOf(ticket))
    })
  }
}

/** In the main thread: asks the real desk. Never rejects. */
export async function answerDesk(desk: ServiceDesk | undefined, asked: DeskQuestion): Promise<DeskAnswer> {
  const { ticket, tenant } = asked
  if (desk === undefined) return { kind: 'deskAnswer', ticket }
  try {
    if ('question' in asked) return { kind: 'deskAnswer', ticket, answer: await desk.ask(tenant, asked.question) }
    return { kind: 'deskAnswer', ticket, clips: await desk.clipsOf(tenant, asked.phrases, asked.language) }
  } catch {
    return { kind: 'deskAnswer', ticket }
  }
}
