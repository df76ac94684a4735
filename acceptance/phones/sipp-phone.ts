import type { Person, SipLogin } from '../tenant.ts'
import { freePorts } from './free-ports.ts'
import type { ServerAddress } from './sip-socket.ts'
import { runSipp, sippLogin, type SippRun } from './sipp.ts'
import { registers, type SippStep } from './sipp-scenario.ts'

/** SIP, its neighbour for REGISTER, and media. */
const PORTS_EACH = 30
const DOMAIN = 'dialtone.local'

export interface SippPhoneOptions {
  readonly transport?: 'udp' | 'tcp'
  readonly timeoutSeconds?: number
  readonly echoes?: boolean
  /** How it registers; as it listens unless said otherwise. */
  readonly registersOver?: 'udp' | 'tcp'
}

type WithLine = Person & { readonly login: SipLogin }

/** A SIPp with a line that begins: [field2] of its steps is `target`. */
export async function sippCalls(
  server: ServerAddress,
  { login }: Pick<WithLine, 'login'>,
  target: string,
  steps: readonly SippStep[],
  options: SippPhoneOptions = {},
): Promise<SippRun> {
  const fields = [login.sipUsername, DOMAIN, target, sippLogin(login)]
  return runSipp(server, { ...options, scenario: 'calling', steps, port: await freePorts(PORTS_EACH), fields })
}

/** A SIPp that is registered for a line and waits there for one call. */
export async function sippAnswers(
  server: ServerAddress,
  { login }: Pick<WithLine, 'login'>,
  steps: readonly SippStep[],
  options: SippPhoneOptions = {},
): Promise<SippRun> {
  const port = await freePorts(PORTS_EACH)
  const run = runSipp(server, { ...options, scenario: 'answering', steps, port })
  const contact = `sip:${login.sipUsername}@${server.sipHost}:${port}${options.transport === 'tcp' ? ';transport=tcp' : ''}`
  const fields = [login.sipUsername, DOMAIN, '', sippLogin(login)]
  await runSipp(server, {
    transport: options.registersOver ?? options.transport ?? 'udp',
    scenario: 'registering',
    steps: registers(contact),
    port: port + 1,
    fields,
  }).success()
  return run
}

/** Waits until every one of them has seen what its scenario says. */
export async function allSucceed(runs: readonly SippRun[]): Promise<void> {
  const results = await Promise.allSettled(runs.map((run) => run.success()))
  const problems = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []))
  if (problems.length > 0) throw new Error(problems.join('\n\n'))
}
