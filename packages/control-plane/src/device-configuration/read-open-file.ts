import { readFileRequest } from '../phone-files/index.ts'
import type { ConfigurationServer } from './serve-file.ts'

export interface OpenFileAsk {
  readonly path: string
  readonly ipAddress: string
  /** Where the phone goes on from there, such as `http://203.0.113.5:8080`. */
  readonly origin: string
}

/**
 * A file for somebody who cannot prove anything, as phones over TFTP: what belongs to nobody, and that of a device whose one-time window
 * is open. A token is no part of the path: it would be worth nothing once everybody on the way has read it.
 */
export async function readOpenFile(server: ConfigurationServer, { path, ipAddress, origin }: OpenFileAsk): Promise<Buffer | undefined> {
  const names = path.split(/[/\\]/).filter((name) => name !== '' && name !== 'provision')
  const file = names.length === 1 ? readFileRequest(names[0] ?? '') : undefined
  if (file === undefined) return undefined
  const nothing = { token: undefined, authorization: undefined, certificateNames: [], ifNoneMatch: undefined, isSecure: false }
  const { status, body } = await server.serve({ ...nothing, method: 'GET', file, ipAddress, userAgent: 'TFTP', origin })
  return status === 200 ? Buffer.from(body) : undefined
}
