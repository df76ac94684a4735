import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net'

/** A mail server of a few lines: RFC 5321 as far as one sender needs it. */
export class MailServer {
  readonly mails: string[] = []
  /** Answers to RCPT, in order; then 250. */
  refusals: string[] = []
  /** Recipients it says nothing about, until `letGo`. */
  holds: RegExp | undefined
  /** How many it was asked about and has not answered. */
  held = 0
  #waiting: (() => void)[] = []
  readonly #server: Server = createTcp((socket) => this.#serve(socket))

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.close()
  }

  letGo(): void {
    this.holds = undefined
    this.held = 0
    for (const answer of this.#waiting.splice(0)) answer()
  }

  #serve(socket: Socket): void {
    let text = ''
    let data: string | undefined
    const say = (line: string): void => void socket.write(`${line}\r\n`)
    say('220 mail.test')
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      text += piece.toString('utf8')
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        if (data !== undefined) {
          if (line !== '.') data += `${line}\n`
          else {
            this.mails.push(data)
            data = undefined
            say('250 ok')
          }
        } else if (/^DATA/i.test(line)) {
          data = ''
          say('354 go on')
        } else if (/^RCPT/i.test(line) && this.holds?.test(line) === true) {
          this.held++
          this.#waiting.push(() => say('250 ok'))
        } else if (/^RCPT/i.test(line)) say(this.refusals.shift() ?? '250 ok')
        else say(/^QUIT/i.test(line) ? '221 bye' : '250 ok')
      }
    })
  }
}
