import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './free-ports.ts'
import { NgClient } from './ng-client.ts'
import { SUBJECT_CPU } from './our-subject.ts'
import { cpuSecondsOf } from './process-cpu.ts'
import type { ProcessGroup } from './process-group.ts'

export interface Rtpengine {
  readonly ngPort: number
  readonly ng: NgClient
  cpuSeconds(): number
}

/** Longer than any measurement: streams that are silent meanwhile are not for it to clean up. */
const TIMEOUT_SECONDS = 3600

/** Starts rtpengine in user space, on the subject's processor; close `ng` when done. */
export async function startRtpengine(processes: ProcessGroup, workFolder: string, ports: { first: number; last: number }): Promise<Rtpengine> {
  const ngPort = await freePort()
  const recordings = join(workFolder, `rtpengine-${ngPort}`)
  mkdirSync(recordings)
  const running = processes.start({
    program: 'rtpengine',
    parameters: [
      ...['--table=-1', '--interface=127.0.0.1', `--listen-ng=127.0.0.1:${ngPort}`, `--port-min=${ports.first}`, `--port-max=${ports.last}`],
      ...['-f', '-E', '--log-level=3', '--num-threads=2', '--delete-delay=0', `--timeout=${TIMEOUT_SECONDS}`, `--silent-timeout=${TIMEOUT_SECONDS}`],
      ...[`--recording-dir=${recordings}`, '--recording-method=pcap'],
    ],
    cpu: SUBJECT_CPU,
  })
  const ng = await NgClient.open(ngPort)
  const ended = running.exited.then((code) => Promise.reject(new Error(`rtpengine ended with ${code}: ${running.output()}`)))
  await Promise.race([ng.untilReady(), ended])
  ended.catch(() => {})
  return { ngPort, ng, cpuSeconds: () => cpuSecondsOf(running.processId) }
}
