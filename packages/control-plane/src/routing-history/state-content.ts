import { promisify } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { gunzip, gzip } from 'node:zlib'
import type { RoutingSnapshot } from '@dialtone/call-routing'
import type { Sealer } from '../access/index.ts'

/** Raised when a stored snapshot would mean something else to today's routing; members that were added are none. */
export const STATE_FORMAT = 1

const [pack, unpack] = [promisify(gzip), promisify(gunzip)]

export function bytesOf(snapshot: RoutingSnapshot): Buffer {
  return serialize(snapshot)
}

/** Rooms have PINs: what is stored is sealed, and for its account alone. */
export async function sealState(bytes: Buffer, accountId: string, sealer: Sealer): Promise<string> {
  return sealer.seal((await pack(bytes)).toString('base64'), accountId)
}

export async function openState(sealed: string, accountId: string, sealer: Sealer): Promise<RoutingSnapshot> {
  return deserialize(await unpack(Buffer.from(sealer.open(sealed, accountId), 'base64'))) as RoutingSnapshot
}
