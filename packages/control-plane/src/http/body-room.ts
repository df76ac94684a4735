import type { FastifyReply, FastifyRequest } from 'fastify'

const MEBIBYTE = 1_048_576
const ROOM_BYTES = 256 * MEBIBYTE
/** What one partition may have of it: the others are never without. */
const ROOM_EACH_BYTES = 128 * MEBIBYTE

/**
 * A body is kept until it is whole and judged, and whoever has a token has many connections: together they have this much room. A request
 * takes what it says it brings, or as much as it may when it does not say, until it is answered.
 */
export class BodyRoom {
  readonly #perPartition = new Map<string, number>()
  #taken = 0

  /** @returns whether there was room; it comes back with the answer, or with the end of the connection */
  take(partitionId: string, { headers }: FastifyRequest, { raw }: FastifyReply, limitBytes: number): boolean {
    const said = Number(headers['content-length'] ?? 0)
    const bytes = headers['transfer-encoding'] === undefined ? Math.min(said, limitBytes) : limitBytes
    if (!(bytes > 0)) return true
    const own = this.#perPartition.get(partitionId) ?? 0
    if (this.#taken + bytes > ROOM_BYTES || own + bytes > ROOM_EACH_BYTES) return false
    this.#taken += bytes
    this.#perPartition.set(partitionId, own + bytes)
    let isGivenBack = false
    const giveBack = (): void => {
      if (isGivenBack) return
      isGivenBack = true
      this.#taken -= bytes
      const left = (this.#perPartition.get(partitionId) ?? bytes) - bytes
      if (left === 0) this.#perPartition.delete(partitionId)
      else this.#perPartition.set(partitionId, left)
    }
    raw.once('finish', giveBack).once('close', giveBack)
    return true
  }
}
