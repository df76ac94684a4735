import type { Timer, Timers } from '@dialtone/foundation'

export interface SharedWaiting {
  /** How often everybody was woken. */
  readonly turn: () => number
  readonly wake: () => void
  /** @param turn when the caller began to look: who was woken since then looks again at once. */
  readonly untilWoken: (turn: number) => Promise<void>
}

/** Many wait with one timer: they wake at the same time, after `atMostMs` even when nobody calls. */
export function sharedWaiting(timers: Timers, atMostMs: number): SharedWaiting {
  let waiting: (() => void)[] = []
  let timer: Timer | undefined
  let turns = 0
  const wake = (): void => {
    turns++
    timer?.cancel()
    timer = undefined
    const woken = waiting
    waiting = []
    for (const go of woken) go()
  }
  return {
    turn: () => turns,
    wake,
    untilWoken: (turn) =>
      turn === turns
        ? new Promise((resolve) => {
            waiting.push(resolve)
            timer ??= timers.start(atMostMs, wake)
          })
        : Promise.resolve(),
  }
}

/** Whoever asks the same while it is being read gets the same answer: hundreds of streams at one place are one question. */
export function sharedReads<Answer>(): (key: string, read: () => Promise<Answer>) => Promise<Answer> {
  const asked = new Map<string, Promise<Answer>>()
  return (key, read) => {
    const known = asked.get(key)
    if (known !== undefined) return known
    const answer = read().finally(() => asked.delete(key))
    asked.set(key, answer)
    return answer
  }
}
