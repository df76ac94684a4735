import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-ports.ts'
import { SUBJECT_CPU } from './our-subject.ts'
import { cpuSecondsOf } from './process-cpu.ts'
import type { ProcessGroup } from './process-group.ts'
import { exchange } from './udp-exchange.ts'

export interface Kamailio {
  readonly port: number
  cpuSeconds(): number
}

const LIBRARIES = '/usr/lib'

/**
 * Starts Kamailio with the allocator `fm`: Debian's default `qm` is for finding bugs, and costs it 2.5 times the processor time.
 * @param o.defines of the configuration file
 */
export async function startKamailio(processes: ProcessGroup, o: { configuration: URL; defines?: readonly string[] }): Promise<Kamailio> {
  const port = await freePort()
  const running = processes.start({
    program: 'kamailio',
    parameters: [
      ...['-f', fileURLToPath(o.configuration), '-L', moduleFolder(), '-l', `udp:127.0.0.1:${port}`],
      ...['-x', 'fm', '-X', 'fm', '-m', '512', '-M', '16', '-DD', '-E'],
      ...(o.defines ?? []).flatMap((define) => ['-A', define]),
    ],
    cpu: SUBJECT_CPU,
  })
  const answered = exchange(port, (localPort) => optionsRequest(port, localPort))
  const ended = running.exited.then((code) => Promise.reject(new Error(`kamailio ended with ${code}: ${running.output()}`)))
  await Promise.race([answered, ended])
  ended.catch(() => {})
  return { port, cpuSeconds: () => cpuSecondsOf(running.processId) }
}

/** Debian puts the modules below the name of the architecture. */
function moduleFolder(): string {
  const folders = readdirSync(LIBRARIES).map((name) => join(LIBRARIES, name, 'kamailio', 'modules'))
  const folder = [...folders, join(LIBRARIES, 'kamailio', 'modules')].find((path) => exists(path))
  if (folder === undefined) throw new Error('the modules of kamailio were not found')
  return `${folder}/`
}

function exists(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0
  } catch {
    return false
  }
}

function optionsRequest(port: number, localPort: number): string {
  return [
    `OPTIONS sip:127.0.0.1:${port} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${localPort};branch=z9hG4bKready${localPort}`,
    `From: <sip:bench@127.0.0.1>;tag=ready`,
    `To: <sip:127.0.0.1:${port}>`,
    `Call-ID: ready-${localPort}`,
    'CSeq: 1 OPTIONS',
    'Max-Forwards: 70',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
}
