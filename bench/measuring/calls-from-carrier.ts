import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './free-ports.ts'
import { type OurSubject, startOurSubject } from './our-subject.ts'
import type { BenchContext } from './report.ts'
import { runSipp, type SippLoad, type SippResult, startSippCallee } from './sipp.ts'

const FIRST_EXTENSION = 2_000
const CALLED = 100
const LIMIT_SECONDS = 100

type Scenario = 'call-from-carrier' | 'held-call-from-carrier'

export interface CarrierCalls {
  readonly subject: OurSubject<{ readonly port: number }>
  /** Where sipp calls from. */
  readonly carrierPort: number
  readonly run: (scenario: Scenario, load: Pick<SippLoad, 'calls' | 'rate' | 'inFlight'> & { readonly limitSeconds?: number }) => Promise<SippResult>
}

/** The real switch, signalling only, phones that answer at once, and a carrier that calls their numbers in turn. */
export async function callsFromCarrier({ workFolder, processes }: Pick<BenchContext, 'workFolder' | 'processes'>): Promise<CarrierCalls> {
  const ports = { carrier: await freePort(), called: await freePort() }
  startSippCallee(processes, workFolder, { scenario: new URL('../load/answer.xml', import.meta.url), localPort: ports.called })
  const parameters = [CALLED, ports.called, ports.carrier].map(String)
  const subject = await startOurSubject<{ port: number }>(processes, new URL('../subjects/switch.ts', import.meta.url), parameters)
  const fieldsFile = join(workFolder, 'numbers.csv')
  const numbers = Array.from({ length: CALLED }, (_, index) => `+12025550101;+1801555${FIRST_EXTENSION + index}`)
  writeFileSync(fieldsFile, ['SEQUENTIAL', ...numbers, ''].join('\n'))
  return {
    subject,
    carrierPort: ports.carrier,
    run: (scenario, load) =>
      runSipp(processes, workFolder, {
        ...{ scenario: new URL(`../load/${scenario}.xml`, import.meta.url), fieldsFile, targetPort: subject.facts.port, localPort: ports.carrier },
        ...{ limitSeconds: LIMIT_SECONDS, ...load },
      }),
  }
}
