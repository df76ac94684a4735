import { startOurSubject } from './measuring/our-subject.ts'
import { type Bench, interleave, type Quantity, type Subject } from './measuring/report.ts'
import type { MixAnswer, MixQuestion } from './subjects/mix.ts'

const PARTIES = 10
const SUBJECTS = [
  { program: 'floor', name: 'Decoding and encoding alone' },
  { program: 'dialtone', name: 'Dialtone' },
] as const
const QUANTITIES: readonly Quantity[] = [{ key: 'cpu', label: 'CPU µs per tick of 20 ms', digits: 1, better: 'lower' }]

export const mix: Bench = {
  name: 'mix',
  title: 'Mix of ten parties',
  run: async ({ quick, processes }) => {
    const [rounds, workMs] = quick ? [3, 40] : [7, 700]
    const file = new URL('subjects/mix.ts', import.meta.url)
    const started = await Promise.all(
      SUBJECTS.map(async ({ program, name }) => ({ name, program, subject: await startOurSubject(processes, file, [program]) })),
    )
    const subjects = started.map(({ name, program, subject }): Subject => {
      const measure = async () => {
        const { ticks, cpuMicroseconds } = await subject.ask<MixAnswer>({ parties: PARTIES, workMs } satisfies MixQuestion)
        return { cpu: cpuMicroseconds / ticks }
      }
      return { name, isOurs: program === 'dialtone', measure }
    })
    // The first round is for the compiler.
    await interleave(subjects, 1)
    const conditions = [
      'All ten speak, PCMU: ten packets into their jitter buffers, the sum, ten packets out; no sockets.',
      'The floor: the same packets decoded and encoded again, one sample after the other, nothing summed and nothing buffered.',
    ]
    return { tables: [{ title: 'One tick', conditions, quantities: QUANTITIES, subjects: await interleave(subjects, rounds) }], notMeasured: [], versions: [] }
  },
}
