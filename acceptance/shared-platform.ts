import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { removeDataFolders } from './data-folder.ts'
import { HttpClient } from './http-client.ts'
import { isInside } from './phones/lossy-namespace.ts'
import { isAlive, localAddress, OWNER_FILE, Platform, type PlatformAddress, WORK_FOLDER } from './platform.ts'

declare module 'vitest' {
  interface ProvidedContext {
    platform: PlatformAddress
  }
}

/**
 * One server for all files that do not need their own. With DIALTONE_ACCEPTANCE_URL an already running one is used:
 * DIALTONE_ACCEPTANCE_USERNAME, DIALTONE_ACCEPTANCE_PASSWORD and DIALTONE_ACCEPTANCE_SIP (`host:port`) belong to it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = await runningPlatform()
  if (running !== undefined) {
    project.provide('platform', running)
    return () => Promise.resolve()
  }
  // A run inside a network namespace was started by another one, whose platform lives there.
  if (!isInside()) takeWorkFolder()
  const platform = await Platform.start({ environment: { DIALTONE_RTP_PORTS: '10000-11999' } })
  project.provide('platform', platform.address)
  return async () => {
    await platform.discard()
    if (!isInside()) removeDataFolders((owner) => owner === process.pid)
  }
}

/** Everything of the last run goes; of a run that still lives nothing may. */
function takeWorkFolder(): void {
  const processId = existsSync(OWNER_FILE) ? Number(readFileSync(OWNER_FILE, 'utf8')) : 0
  if (processId > 0 && processId !== process.pid && isAlive(processId)) throw new Error(`another acceptance run (process ${processId}) works in ${WORK_FOLDER}`)
  rmSync(WORK_FOLDER, { recursive: true, force: true })
  mkdirSync(WORK_FOLDER, { recursive: true })
  writeFileSync(OWNER_FILE, String(process.pid))
  removeDataFolders((owner) => !isAlive(owner))
}

async function runningPlatform(): Promise<PlatformAddress | undefined> {
  const { DIALTONE_ACCEPTANCE_URL: httpUrl, DIALTONE_ACCEPTANCE_USERNAME: username, DIALTONE_ACCEPTANCE_PASSWORD: password } = process.env
  if (httpUrl === undefined) return undefined
  if (username === undefined || password === undefined)
    throw new Error('DIALTONE_ACCEPTANCE_URL needs DIALTONE_ACCEPTANCE_USERNAME and DIALTONE_ACCEPTANCE_PASSWORD')
  const [sipHost = localAddress(), sipPort = '5060'] = (process.env['DIALTONE_ACCEPTANCE_SIP'] ?? '').split(':')
  const login = await new HttpClient(httpUrl).post<{ partitionId: string }>('/v2/authorize', { username, password })
  return { httpUrl, sipHost: sipHost === '' ? localAddress() : sipHost, sipPort: Number(sipPort), partitionId: login.body.partitionId, username, password }
}
