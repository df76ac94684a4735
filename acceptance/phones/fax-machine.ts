import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { promisify } from 'node:util'
import { type Paper, tiffOf } from '../../interop/fax/paper.ts'
import { eventually } from '../eventually.ts'
import type { OutgoingPhoneCall } from './phone-call.ts'
import type { ScriptedPhone } from './scripted-phone.ts'
import type { SipText } from './sip-text.ts'

const PROGRAM = join(import.meta.dirname, '../../interop/fax/fax-machine.py')
const run = promisify(execFile)

/** SpanDSP behind a UDP port: a fax machine at a T.38 gateway, or one with a modem in G.711; it begins when it knows where the other one is. */
export class FaxMachine {
  /** The T.38, or the sound, that it offers and answers with. */
  readonly description: string
  readonly #program: ChildProcessByStdio<Writable, Readable, null>
  readonly #folder: string
  readonly #told: string[]
  #hasBegun = false

  private constructor(description: string, program: ChildProcessByStdio<Writable, Readable, null>, folder: string, told: string[]) {
    this.description = description
    this.#program = program
    this.#folder = folder
    this.#told = told
  }

  /** @param papers what it sends; undefined: it receives */
  static async start(host: string, papers: readonly Paper[] | undefined, given: FaxMachineOptions = {}): Promise<FaxMachine> {
    const folder = await mkdtemp(join(tmpdir(), 'fax-'))
    const file = join(folder, 'document.tif')
    if (papers !== undefined) await writeFile(file, tiffOf(papers))
    const mode = papers === undefined ? ['--receives'] : []
    const program = spawn('python3', [PROGRAM, ...mode, ...(given.options ?? []), file, given.hasModem === true ? 'rtp' : 'udp', host], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    program.stdin.on('error', () => undefined)
    const told: string[] = []
    program.stdout.on('data', (text) => told.push(String(text)))
    const port = await eventually('the port of the fax machine', 10_000, () => /^(\d+)\n/.exec(told.join(''))?.[1])
    return new FaxMachine(describe(host, given.hasModem === true ? soundAt(port) : imageAt(port)), program, folder, told)
  }

  /** Begins with who is at the same kind of stream of a description; once. @returns false when it has none */
  begin({ body }: SipText): boolean {
    const port = (this.description.includes('m=image') ? /^m=image (\d+) udptl t38/m : /^m=audio (\d+) RTP\/AVP 0/m).exec(body)?.[1]
    if (port === undefined) return false
    if (!this.#hasBegun) this.#program.stdin.write(`${/^c=IN IP4 (\S+)/m.exec(body)?.[1] ?? ''} ${port}\n`)
    this.#hasBegun = true
    return true
  }

  /** Pages the other one has confirmed. */
  get pagesConfirmed(): number {
    return this.#told.join('').match(/^page \d+\n/gm)?.length ?? 0
  }

  /** How SpanDSP says it ended. */
  get result(): unknown {
    const last = this.#told.join('').trim().split('\n').at(-1) ?? ''
    return last.startsWith('{') ? JSON.parse(last) : undefined
  }

  /** Rows of bits, black is 1. */
  async receivedPages(): Promise<readonly Buffer[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.pels')).toSorted()
    return Promise.all(names.map((name) => readFile(join(this.#folder, name))))
  }

  async close(): Promise<void> {
    this.#program.kill('SIGKILL')
    await rm(this.#folder, { recursive: true, force: true })
  }
}

export interface FaxMachineOptions {
  /** Of the program. */
  readonly options?: readonly string[]
  /** It faxes in G.711. */
  readonly hasModem?: boolean
}

export interface FaxDialOptions extends FaxMachineOptions {
  /** It calls with T.38 at once, not with speech. */
  readonly isFaxFirst?: boolean
}

/**
 * A fax machine behind a T.38 gateway: a scripted phone calls, and when it is offered T.38, or has offered it itself, SpanDSP sends. One with a modem calls
 * with its sound, and refuses T.38.
 */
export class FaxSender {
  readonly call: OutgoingPhoneCall
  readonly machine: FaxMachine
  /** The offer of T.38 it got. */
  offer: SipText | undefined

  private constructor(call: OutgoingPhoneCall, machine: FaxMachine) {
    this.call = call
    this.machine = machine
  }

  static async dial(phone: ScriptedPhone, number: string, papers: readonly Paper[], given: FaxDialOptions = {}): Promise<FaxSender> {
    const machine = await FaxMachine.start(phone.socket.mediaHost, papers, given)
    const sender = new FaxSender(
      await phone.call(number, given.isFaxFirst === true || given.hasModem === true ? { description: machine.description } : {}),
      machine,
    )
    sender.call.takesOffer = (offer) => sender.#take(offer)
    return sender
  }

  /** The call was answered, with T.38 or with sound as it was made. */
  begin(): void {
    if (this.call.final === undefined || !this.machine.begin(this.call.final)) throw new Error('it was not answered with what it offered')
  }

  #take(offer: SipText): { readonly status: number; readonly body?: string } {
    if (!this.machine.begin(offer)) return { status: 488 }
    this.offer ??= offer
    return { status: 200, body: this.machine.description }
  }
}

const imageAt = (port: string) => [`m=image ${port} udptl t38`, 'a=T38FaxVersion:0', 'a=T38FaxMaxDatagram:400', 'a=T38FaxUdpEC:t38UDPRedundancy']
const soundAt = (port: string) => [`m=audio ${port} RTP/AVP 0`, 'a=rtpmap:0 PCMU/8000', 'a=ptime:20']

function describe(host: string, stream: readonly string[]): string {
  const session = randomInt(2 ** 31)
  const head = ['v=0', `o=- ${session} ${session} IN IP4 ${host}`, 's=-', `c=IN IP4 ${host}`, 't=0 0']
  return [...head, ...stream, ''].join('\r\n')
}

/** The pages of a PDF as Poppler reads them (Debian package poppler-utils): rows of bits, black is 1. */
export async function readFaxDocument(pdf: Uint8Array): Promise<readonly Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fax-'))
  try {
    const file = join(folder, 'fax.pdf')
    await writeFile(file, pdf)
    await run('pdfimages', [file, join(folder, 'page')])
    const images = (await readdir(folder)).filter((name) => name.endsWith('.pbm')).toSorted()
    return await Promise.all(images.map(async (name) => pelsOf(await readFile(join(folder, name)))))
  } finally {
    await rm(folder, { recursive: true })
  }
}

function pelsOf(pbm: Buffer): Buffer {
  const [header] = /^P4\s+(?:#.*\n)?\d+\s+\d+\s/.exec(pbm.toString('latin1', 0, 100)) ?? ['']
  return pbm.subarray(header.length)
}
