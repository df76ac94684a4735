import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Served } from '../subjects/serving-switch.ts'
import { freePort } from './free-ports.ts'
import { type OurSubject, startOurSubject } from './our-subject.ts'
import type { BenchContext } from './report.ts'
import { runSipp, type SippLoad, type SippResult, startSippCallee } from './sipp.ts'

/** A call takes four, and gives them back after a rest of five seconds. */
const RTP_PORTS = { first: 30_000, last: 59_999 }
const FIRST_CALLER = 2_025_550_100

export interface CallsTaken {
  readonly subject: OurSubject<{ readonly port: number }>
  readonly served: () => Promise<Served>
  /** What the scenario of the phones has logged. */
  readonly logged: () => readonly string[]
  readonly run: (
    scenario: 'call-into-menu' | 'call-into-box' | 'call-into-queue',
    load: Pick<SippLoad, 'calls' | 'rate' | 'inFlight' | 'limitSeconds' | 'lostAfterMs'>,
  ) => Promise<SippResult>
}

/**
 * The switch with calls it takes itself, phones that answer, and a carrier that calls. Everybody who calls has a number of his own, in order.
 * @param phones how they answer: a scenario of `load`. @param ear where callers want their audio; a port nobody listens at, when left out
 */
export async function callsTaken(
  { workFolder, processes }: Pick<BenchContext, 'workFolder' | 'processes'>,
  o: { readonly users: number; readonly phones: 'answer' | 'answer-as-agent'; readonly ear?: number; readonly cpu?: 'any' },
): Promise<CallsTaken> {
  const ports = { carrier: await freePort(), phones: await freePort(), ear: o.ear ?? (await freePort()) }
  const called = startSippCallee(processes, workFolder, { scenario: new URL(`../load/${o.phones}.xml`, import.meta.url), localPort: ports.phones })
  const parameters = [o.users, ports.phones, ports.carrier, RTP_PORTS.first, RTP_PORTS.last].map(String)
  const subject = await startOurSubject<{ port: number }>(processes, new URL('../subjects/serving-switch.ts', import.meta.url), parameters, o.cpu)
  const voice = readFileSync(new URL('../../packages/media/prompts/system-hold-music.ul', import.meta.url)).subarray(0, 5 * 8_000)
  return {
    subject,
    logged: () => called.logged(),
    served: () => subject.ask<Served>('served'),
    run: (scenario, load) => {
      const fieldsFile = join(workFolder, `${scenario}.csv`)
      const callers = Array.from({ length: load.calls }, (_, index) => `+1${FIRST_CALLER + index};${ports.ear}`)
      writeFileSync(fieldsFile, ['SEQUENTIAL', ...callers, ''].join('\n'))
      return runSipp(processes, workFolder, {
        ...{ scenario: new URL(`../load/${scenario}.xml`, import.meta.url), fieldsFile, files: { 'voice.ul': voice } },
        ...{ targetPort: subject.facts.port, localPort: ports.carrier, ...load },
      })
    },
  }
}
