import { parseMessage, type SipMessage } from '@dialtone/sip'

/** What was said, for whoever has to find out why a run failed. */
const KEPT_LINES = 4000

/** Hears every datagram and knows what must never be seen on a wire. */
export class WireObserver {
  readonly lines: string[] = []
  readonly violations: string[] = []
  /** The final response of each INVITE transaction, by branch and who answered. */
  readonly #finals = new Map<string, string>()
  readonly #nowMs: () => number
  readonly #startMs: number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
    this.#startMs = nowMs()
  }

  note(line: string): void {
    if (this.lines.length >= KEPT_LINES) return
    this.lines.push(`${((this.#nowMs() - this.#startMs) / 1000).toFixed(3)} ${line}`)
  }

  hear(bytes: Buffer, fromPort: number, toPort: number, copies: number): void {
    const parsed = parseMessage(bytes)
    if (!parsed.ok) {
      this.violations.push(`${fromPort} sent what is no SIP: ${bytes.toString('latin1').slice(0, 200)}`)
      return
    }
    const message = parsed.value
    const what = message.kind === 'request' ? `${message.method} ${message.uriText}` : `${message.statusCode} to ${message.cseq.method}`
    const fate = copies === 1 ? '' : copies === 0 ? ' LOST' : ' TWICE'
    this.note(`${fromPort} > ${toPort} ${what} ${message.callId} ${message.cseq.sequence}${fate}`)
    this.#checkFinal(message, fromPort)
  }

  /** Whoever is at that port knows nothing of before. */
  forget(port: number): void {
    for (const key of this.#finals.keys()) if (key.endsWith(` ${port}`)) this.#finals.delete(key)
  }

  /** RFC 3261 17.2.1: a server transaction has one final response; others of 2xx may only come of a fork, and nobody forks downstream here. */
  #checkFinal(message: SipMessage, fromPort: number): void {
    if (message.kind !== 'response' || message.statusCode < 200 || message.cseq.method !== 'INVITE') return
    const key = `${message.topVia.parameters.get('branch')} ${fromPort}`
    const final = `${message.statusCode} tag=${message.toTag}`
    const before = this.#finals.get(key)
    if (before === undefined) this.#finals.set(key, final)
    else if (before !== final) this.violations.push(`two final responses of one INVITE: ${before}, then ${final} (${message.callId})`)
  }
}
