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

const PROGRAM = join(import.meta.dirname, '../../interop/fax/fax-sender.py')
const run = promisify(execFile)

/** A fax machine behind a T.38 gateway: a scripted phone calls, and when it is offered T.38, SpanDSP sends. */
export class FaxSender {
  readonly call: OutgoingPhoneCall
  /** The offer of T.38 it got. */
  offer: SipText | undefined
  readonly #program: ChildProcessByStdio<Writable, Readable, null>
  readonly #folder: string
  readonly #told: string[]

  private constructor(call: OutgoingPhoneCall, program: ChildProcessByStdio<Writable, Readable, null>, folder: string, told: string[]) {
    this.call = call
    this.#program = program
    this.#folder = folder
    this.#told = told
  }

  /** @param options of the program */
  static async dial(phone: ScriptedPhone, number: string, papers: readonly Paper[], options: readonly string[] = []): Promise<FaxSender> {
    const folder = await mkdtemp(join(tmpdir(), 'fax-'))
    const file = join(folder, 'document.tif')
    await writeFile(file, tiffOf(papers))
    const host = phone.socket.mediaHost
    const program = spawn('python3', [PROGRAM, ...options, file, 'udp', host], { stdio: ['pipe', 'pipe', 'inherit'] })
    program.stdin.on('error', () => undefined)
    const told: string[] = []
    program.stdout.on('data', (text) => told.push(String(text)))
    const port = await eventually('the port of the fax machine', 10_000, () => /^(\d+)\n/.exec(told.join(''))?.[1])
    const sender = new FaxSender(await phone.call(number), program, folder, told)
    sender.call.takesOffer = (offer) => sender.#take(offer, describe(host, port))
    return sender
  }

  /** Gone without a word. */
  kill(): void {
    this.#program.kill('SIGKILL')
  }

  /** How SpanDSP says it ended. */
  get result(): unknown {
    const last = this.#told.join('').trim().split('\n').at(-1) ?? ''
    return last.startsWith('{') ? JSON.parse(last) : undefined
  }

  async close(): Promise<void> {
    this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #take(offer: SipText, description: string): { readonly status: number; readonly body?: string } {
    const port = /^m=image (\d+) udptl t38/m.exec(offer.body)?.[1]
    if (port === undefined) return { status: 488 }
    // A repeated offer is the same one.
    if (this.offer === undefined) this.#program.stdin.write(`${/^c=IN IP4 (\S+)/m.exec(offer.body)?.[1] ?? ''} ${port}\n`)
    this.offer ??= offer
    return { status: 200, body: description }
  }
}

function describe(host: string, port: string): string {
  const session = randomInt(2 ** 31)
  const head = ['v=0', `o=- ${session} ${session} IN IP4 ${host}`, 's=-', `c=IN IP4 ${host}`, 't=0 0']
  const image = [`m=image ${port} udptl t38`, 'a=T38FaxVersion:0', 'a=T38FaxMaxDatagram:400', 'a=T38FaxUdpEC:t38UDPRedundancy']
  return [...head, ...image, ''].join('\r\n')
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
