import { startOurSubject } from './measuring/our-subject.ts'
import { type Bench, type BenchTable, interleave, type Quantity, type Subject } from './measuring/report.ts'
import type { SrtpAnswer, SrtpQuestion } from './subjects/srtp.ts'

const SUBJECTS = [
  { program: 'node-crypto', name: 'node:crypto, AES-CTR and HMAC' },
  { program: 'dialtone', name: 'Dialtone' },
] as const
const QUANTITIES: readonly Quantity[] = [{ key: 'cpu', label: 'CPU µs per packet', digits: 2, better: 'lower' }]
const TABLES = [
  { work: 'protect', title: 'Protect' },
  { work: 'unprotect', title: 'Check and open' },
] as const

export const srtp: Bench = {
  name: 'srtp',
  title: 'SRTP',
  run: async ({ quick, processes }) => {
    const [rounds, workMs] = quick ? [3, 40] : [7, 700]
    const file = new URL('subjects/srtp.ts', import.meta.url)
    const started = await Promise.all(
      SUBJECTS.map(async ({ program, name }) => ({ name, program, subject: await startOurSubject(processes, file, [program]) })),
    )
    const tables: BenchTable[] = []
    for (const { work, title } of TABLES) {
      const subjects = started.map(({ name, program, subject }): Subject => {
        const measure = async () => {
          const { packets, cpuMicroseconds } = await subject.ask<SrtpAnswer>({ work, workMs } satisfies SrtpQuestion)
          return { cpu: cpuMicroseconds / packets }
        }
        return { name, isOurs: program === 'dialtone', measure }
      })
      // The first round is for the compiler.
      await interleave(subjects, 1)
      const conditions = ['RTP of 172 bytes (20 ms of G.711), AES_CM_128_HMAC_SHA1_80; both give the same bytes. No sockets.']
      tables.push({ title, conditions, quantities: QUANTITIES, subjects: await interleave(subjects, rounds) })
    }
    return { tables, notMeasured: [], versions: [] }
  },
}
