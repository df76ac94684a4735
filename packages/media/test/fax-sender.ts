import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { FaxTerminal, type FaxEnd } from '../src/fax/fax-terminal.ts'
import type { FaxPage } from '../src/fax/page-reader.ts'
import { type Paper, tiffOf } from '../../../interop/fax/paper.ts'
import { linkOverT38, type MachineLink } from './machine-link.ts'

const PROGRAM = join(import.meta.dirname, '../../../interop/fax/fax-machine.py')
const STEP_MS = 20
/** A page takes a minute; a sender that does not come to an end is a failure. */
const LONGEST_MS = 300_000

/** Whether SpanDSP (Debian package libspandsp2) is here; on a machine that calls itself CI it has to be. */
export function isSpanDspAbsent(): boolean {
  if (spawnSync('python3', ['-c', 'import ctypes; ctypes.CDLL("libspandsp.so.2")']).status === 0) return false
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error('SpanDSP is not installed (Debian packages libspandsp2 and python3)')
  process.stderr.write('left out: faxes of SpanDSP; install the Debian packages libspandsp2 and python3 to receive them\n')
  return true
}

export interface Reception {
  readonly pages: readonly FaxPage[]
  readonly end: FaxEnd
  /** How the sender saw it; undefined: it never came to an end. */
  readonly sender: { readonly code: number; readonly text: string } | undefined
  readonly durationMs: number
}

export interface SendOptions {
  /** Of its program. */
  readonly arguments?: readonly string[]
  readonly hasCorrection?: boolean
  /** Left out: T.38. */
  readonly link?: MachineLink
  /** Sees every datagram of the sender on its way; false: it is lost. */
  readonly passes?: (datagram: Buffer, nowMs: number) => boolean
  /** How long a page takes to be kept, and whether it is then; left out: at once. */
  readonly keeps?: { readonly afterMs: number; readonly isKept: boolean }
  /** The sender is gone then: nothing comes any more, and the call ends if `hangsUp`. */
  readonly until?: { readonly ms: number; readonly hangsUp: boolean }
}

/** SpanDSP sends a document to our terminal, in virtual time: both take steps of 20 ms in turn. */
export async function sendFax(papers: readonly Paper[], options: SendOptions = {}): Promise<Reception> {
  const folder = await mkdtemp(join(tmpdir(), 'fax-'))
  const file = join(folder, 'document.tif')
  await writeFile(file, tiffOf(papers))
  const link = options.link ?? linkOverT38()
  const program = spawn('python3', [PROGRAM, ...(options.arguments ?? []), file, link.mode])
  try {
    return await receive(program, link, options)
  } finally {
    program.kill()
    await rm(folder, { recursive: true })
  }
}

async function receive(
  program: ChildProcessWithoutNullStreams,
  link: MachineLink,
  { hasCorrection = true, passes = () => true, keeps, until }: SendOptions,
): Promise<Reception> {
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]()
  const errors: string[] = []
  program.stderr.on('data', (text) => errors.push(String(text)))
  program.stdin.on('error', () => undefined)
  const pages: FaxPage[] = []
  let end: FaxEnd | undefined
  let sender: Reception['sender']
  let nowMs = 0
  let keptAtMs = Infinity
  const terminal = new FaxTerminal({
    ...{ ident: '+13855550100', isAnnounced: true, hasCorrection, maxPages: 50, maxBytes: 5_000_000, maxDurationMs: 600_000, line: link.line },
    onPage: (page) => {
      pages.push(page)
      if (keeps !== undefined) keptAtMs = nowMs + keeps.afterMs
      else terminal.pageKept(true, nowMs)
    },
    onEnd: (told) => {
      end = told
    },
  })
  terminal.start(nowMs)
  for (; nowMs < LONGEST_MS && (end === undefined || (sender === undefined && until === undefined)); nowMs += STEP_MS) {
    terminal.tick(nowMs)
    if (nowMs >= keptAtMs) {
      keptAtMs = Infinity
      terminal.pageKept(keeps?.isKept === true, nowMs)
    }
    program.stdin.write(
      `${link
        .said(nowMs)
        .map((datagram) => `R ${Buffer.from(datagram).toString('hex')}\n`)
        .join('')}T\n`,
    )
    const isGone = until !== undefined && nowMs >= until.ms
    if (isGone && until.hangsUp) terminal.stop(nowMs)
    for (;;) {
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`the sender is gone: ${errors.join('')}`)
      const told = value
      if (told === '.') break
      if (told.startsWith('E ')) sender ??= JSON.parse(told.slice(2)) as Reception['sender']
      const datagram = Buffer.from(told.slice(2), 'hex')
      if (told.startsWith('P ') && !isGone && passes(datagram, nowMs)) link.take(datagram, nowMs)
    }
  }
  if (end === undefined) throw new Error(`the fax does not end: ${JSON.stringify(sender)}`)
  return { pages, end, sender: sender ?? undefined, durationMs: nowMs }
}
