import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-ports.ts'
import type { ProcessGroup, Running } from './process-group.ts'

export interface WholeServer {
  readonly running: Running
  readonly httpPort: number
  /** From the start of the process to the first 200 of `/health/ready`. */
  readonly readyAfterMs: number
}

const READY_WITHIN_MS = 120_000
const POLL_MS = 10

/** The server as a person starts it, with every operation and the switch worker, on the loopback. @param environment more of it */
export async function startWholeServer(
  processes: ProcessGroup,
  dataDirectory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<WholeServer> {
  const httpPort = await freePort()
  const startedMs = performance.now()
  const running = processes.start({
    program: process.execPath,
    parameters: [fileURLToPath(new URL('../../apps/server/src/dialtone.ts', import.meta.url)), 'start'],
    environment: {
      ...{ DIALTONE_HTTP_HOST: '127.0.0.1', DIALTONE_HTTP_PORT: String(httpPort), DIALTONE_SIP_HOST: '127.0.0.1', DIALTONE_SIP_PORT: '0' },
      ...{ DIALTONE_SIP_TLS_PORT: '0', DIALTONE_DATA_DIR: dataDirectory, DIALTONE_LOG_LEVEL: 'error' },
      // As `npm start` sets it.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url)),
      ...environment,
    },
  })
  while (!(await isReady(httpPort))) {
    if (running.child.exitCode !== null || performance.now() - startedMs > READY_WITHIN_MS)
      throw new Error(`the server was not ready in time: ${running.output()}`)
    await wait(POLL_MS)
  }
  return { running, httpPort, readyAfterMs: performance.now() - startedMs }
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  )
}
