import { parseMessage, type SipMessage } from '@dialtone/sip'

/** What was said, for whoever has to find out why a run failed. */
const KEPT_LINES = 4000

/** Hears every datagram and knows what must never be seen on a wire. */
export class WireObserver {
  readonly lines: string[] = []
  readonly violations: string[] = []
  /** The final response of each INVITE transaction, by branch and who answered. */
  readonly #finals = new Map<string, string>()
  /** The dialogs that 2xx made for the switch and which were not lost, by the INVITE's branch: `Call-ID tag`. */
  readonly #answers = new Map<string, Set<string>>()
  /** What was said in those dialogs, `BYE Call-ID tag`, and the CANCELs, by branch. */
  readonly #said = new Set<string>()
  readonly #switchPort: number
  readonly #nowMs: () => number
  readonly #startMs: number

  constructor(switchPort: number, nowMs: () => number) {
    this.#switchPort = switchPort
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
    this.#noteAnswer(message, fromPort, copies)
  }

  /** RFC 3261 13.2.2.4, 9.1: of a fork's answers one is taken, of those that crossed a CANCEL none; each is acknowledged, the others hung up by the caller. */
  forgottenAnswers(): readonly string[] {
    const found: string[] = []
    for (const [branch, dialogs] of this.#answers) {
      const isCancelled = this.#said.has(`CANCEL ${branch}`)
      if (dialogs.size < 2 && !isCancelled) continue
      for (const dialog of dialogs) if (!this.#said.has(`ACK ${dialog}`)) found.push(`an answer is not acknowledged: ${dialog}`)
      const open = [...dialogs].filter((dialog) => !this.#said.has(`BYE ${dialog}`))
      if (open.length > (isCancelled ? 0 : 1)) found.push(`answers that nobody wanted are not hung up: ${open.join(', ')}`)
    }
    return found
  }

  #noteAnswer(message: SipMessage, fromPort: number, copies: number): void {
    const branch = message.topVia.parameters.get('branch') ?? ''
    const dialog = `${message.callId} ${message.toTag}`
    if (message.kind === 'response') {
      const isAnswer = message.cseq.method === 'INVITE' && message.statusCode >= 200 && message.statusCode < 300
      if (isAnswer && copies > 0) this.#answers.get(branch)?.add(dialog)
      return
    }
    if (fromPort !== this.#switchPort) return
    this.#said.add(`${message.method} ${message.method === 'CANCEL' ? branch : dialog}`)
    if (message.method === 'INVITE' && message.toTag === undefined && !this.#answers.has(branch)) this.#answers.set(branch, new Set())
  }

  /** Whoever is at that port knows nothing of before. */
  forget(port: number): void {
    for (const key of this.#finals.keys()) if (key.endsWith(` ${port}`)) this.#finals.delete(key)
  }

  /** RFC 3261 17.2.1: a server transaction has one final response; others of 2xx may only come of a fork, and those come from ports of their own here. */
  #checkFinal(message: SipMessage, fromPort: number): void {
    if (message.kind !== 'response' || message.statusCode < 200 || message.cseq.method !== 'INVITE') return
    const key = `${message.topVia.parameters.get('branch')} ${fromPort}`
    const final = `${message.statusCode} tag=${message.toTag}`
    const before = this.#finals.get(key)
    if (before === undefined) this.#finals.set(key, final)
    else if (before !== final) this.violations.push(`two final responses of one INVITE: ${before}, then ${final} (${message.callId})`)
  }
}
