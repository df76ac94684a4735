import { Readable } from 'node:stream'

const CSV_TYPE = 'text/csv; charset=utf-8'

/**
 * A file as it comes: the next piece is asked for when whoever receives has taken the one before, and none any more when he is gone.
 * @param pieces may not keep a connection to the database from one to the next: he takes as long as he likes
 */
export async function csvReply(pieces: AsyncGenerator<string>) {
  // What fails at once is an answer of its own.
  const first = await pieces.next()
  return { status: 200, contentType: CSV_TYPE, body: Readable.from(following(first, pieces), { highWaterMark: 1 }) } as const
}

async function* following(first: IteratorResult<string>, pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done === true) return
  yield first.value
  yield* pieces
}
