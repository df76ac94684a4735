import { createRequire } from 'node:module'
import { startOurSubject } from './measuring/our-subject.ts'
import { type Bench, type BenchTable, interleave, type Quantity, type Subject } from './measuring/report.ts'
import { INVITE } from './subjects/invite.ts'
import type { ParserAnswer, ParserQuestion } from './subjects/parser.ts'

const SUBJECTS = [
  { program: 'sip', name: `sip ${packageVersion('sip')}` },
  { program: 'jssip', name: `JsSIP ${packageVersion('jssip')}` },
  { program: 'sip.js', name: `SIP.js ${packageVersion('sip.js')}` },
  { program: 'lazy', name: 'lazy prototype' },
  { program: 'dialtone', name: 'Dialtone' },
  { program: 'dialtone-checked', name: 'Dialtone, checked' },
] as const
const QUANTITIES: readonly Quantity[] = [
  { key: 'cpu', label: 'CPU µs per message', digits: 2, better: 'lower' },
  { key: 'rate', label: 'messages per CPU second', digits: 0 },
]
const CHECKED =
  '"Dialtone, checked" also runs `checkRequest`, as the stack does on receive; no peer checks as much. "lazy prototype" (`peers/lazy-parser.ts`) is the parser this one grew from: it checks nothing at all.'
const TABLES = [
  {
    work: 'readFields',
    title: 'Parse an INVITE and read what routing needs',
    conditions: [
      `${INVITE.length} bytes with SDP; 15 fields (Request-URI, top Via branch, From, To, Call-ID, CSeq, Contact, Max-Forwards, body); every library gives the same.`,
      CHECKED,
    ],
  },
  {
    work: 'sendOn',
    title: 'The same, and print the INVITE of the second leg',
    conditions: ['A new request with new Via, From, To, Call-ID and Contact and the same body, as bytes, each with the means of the library.', CHECKED],
  },
] as const

export const parse: Bench = {
  name: 'parse',
  title: 'SIP parsing',
  run: async ({ quick, processes }) => {
    const [rounds, workMs] = quick ? [3, 40] : [5, 700]
    const file = new URL('subjects/parser.ts', import.meta.url)
    const parsers = await Promise.all(
      SUBJECTS.map(async ({ program, name }) => ({ name, program, subject: await startOurSubject(processes, file, [program]) })),
    )
    const tables: BenchTable[] = []
    for (const { work, title, conditions } of TABLES) {
      const subjects = parsers.map(({ name, program, subject }): Subject => {
        const measure = async () => {
          const { messages, cpuMicroseconds } = await subject.ask<ParserAnswer>({ work, workMs } satisfies ParserQuestion)
          return { cpu: cpuMicroseconds / messages, rate: (messages * 1e6) / cpuMicroseconds }
        }
        return { name, isOurs: program.startsWith('dialtone'), measure }
      })
      // The first round is for the compiler.
      await interleave(subjects, 1)
      tables.push({ title, conditions, quantities: QUANTITIES, subjects: await interleave(subjects, rounds) })
    }
    return { tables, notMeasured: [], versions: [] }
  },
}

function packageVersion(name: string): string {
  return (createRequire(import.meta.url)(`${name}/package.json`) as { readonly version: string }).version
}
