import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { FaxCaller } from '../src/fax/fax-caller.ts'
import type { FaxEnd } from '../src/fax/fax-terminal.ts'
import type { FaxPage } from '../src/fax/page-reader.ts'
import { linkOverT38, type MachineLink } from './machine-link.ts'

const PROGRAM = join(import.meta.dirname, '../../../interop/fax/fax-machine.py')
const STEP_MS = 20
const LONGEST_MS = 600_000

export interface Delivery {
  /** Rows of bits of each page as SpanDSP has them, black is 1. */
  readonly pages: readonly Buffer[]
  readonly end: FaxEnd
  readonly confirmed: number
  /** How the receiver saw it. */
  readonly receiver: { readonly code: number; readonly text: string } | undefined
}

export interface DeliveryOptions {
  /** Of its program. */
  readonly arguments?: readonly string[]
  readonly hasCorrection?: boolean
  readonly maxBitRate?: number
  /** Left out: T.38. */
  readonly link?: MachineLink
  /** Sees every datagram of ours on its way; false: it is lost. */
  readonly passes?: (datagram: Uint8Array, nowMs: number) => boolean
}

/** Our terminal sends to SpanDSP, in virtual time: both take steps of 20 ms in turn. */
export async function receiveFax(pages: readonly FaxPage[], options: DeliveryOptions = {}): Promise<Delivery> {
  const folder = await mkdtemp(join(tmpdir(), 'fax-'))
  const link = options.link ?? linkOverT38(options.maxBitRate)
  const program = spawn('python3', [PROGRAM, '--receives', ...(options.arguments ?? []), join(folder, 'document.tif'), link.mode])
  try {
    const delivered = await deliver(program, pages, link, options)
    const names = (await readdir(folder)).filter((name) => name.endsWith('.pels')).toSorted()
    return { ...delivered, pages: await Promise.all(names.map((name) => readFile(join(folder, name)))) }
  } finally {
    program.kill()
    await rm(folder, { recursive: true })
  }
}

async function deliver(
  program: ChildProcessWithoutNullStreams,
  pages: readonly FaxPage[],
  link: MachineLink,
  { hasCorrection = true, passes = () => true }: DeliveryOptions,
): Promise<Omit<Delivery, 'pages'>> {
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]()
  const errors: string[] = []
  program.stderr.on('data', (text) => errors.push(String(text)))
  program.stdin.on('error', () => undefined)
  let end: FaxEnd | undefined
  let receiver: Delivery['receiver']
  let [nowMs, confirmed] = [0, 0]
  const caller = new FaxCaller({
    ...{ ident: '+13855550142', pages, hasCorrection, maxDurationMs: LONGEST_MS, line: link.line },
    onPageSent: () => void confirmed++,
    onEnd: (told) => void (end = told),
  })
  caller.start(nowMs)
  for (; nowMs < LONGEST_MS && (end === undefined || receiver === undefined); nowMs += STEP_MS) {
    caller.tick(nowMs)
    const arriving = link.said(nowMs).filter((datagram) => passes(datagram, nowMs))
    program.stdin.write(`${arriving.map((datagram) => `R ${Buffer.from(datagram).toString('hex')}\n`).join('')}T\n`)
    for (;;) {
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`the receiver is gone: ${errors.join('')}`)
      if (value === '.') break
      if (value.startsWith('E ')) receiver ??= (JSON.parse(value.slice(2)) as Delivery['receiver'] | null) ?? undefined
      else if (value.startsWith('P ')) link.take(Buffer.from(value.slice(2), 'hex'), nowMs)
    }
  }
  if (end === undefined) throw new Error(`the fax does not end: ${JSON.stringify(receiver)}`)
  return { end, confirmed, receiver }
}
