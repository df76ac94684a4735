/**
 * One read after the other for a key, or a slow one could put an older state over a newer one. Who waits together is read for once:
 * what begins after a change sees it, so that a hundred changes of one account cost two reads of it, not a hundred.
 * @returns resolves when a read that began after the call is over; never rejects
 */
export function readInTurns(failed: (key: string, error: unknown) => void): (key: string, read: () => Promise<void>) => Promise<void> {
  const running = new Map<string, Promise<void>>()
  const waiting = new Map<string, Promise<void>>()
  const start = (key: string, read: () => Promise<void>): Promise<void> => {
    const settled = read().catch((error: unknown) => failed(key, error))
    const turn = settled.finally(() => {
      if (running.get(key) === turn) running.delete(key)
    })
    running.set(key, turn)
    return turn
  }
  return (key, read) => {
    const before = running.get(key)
    if (before === undefined) return start(key, read)
    const next =
      waiting.get(key) ??
      before.then(() => {
        waiting.delete(key)
        return start(key, read)
      })
    waiting.set(key, next)
    return next
  }
}
