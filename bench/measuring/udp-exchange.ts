import { createSocket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'

const TRY_EVERY_MS = 100

/**
 * Sends a datagram again and again until something answers: also how it is found out that a program has started.
 * @throws when nothing answered in time
 */
export async function exchange(port: number, text: (localPort: number) => string, limitMs = 10_000): Promise<string> {
  const socket = createSocket('udp4')
  let answer: string | undefined
  socket.on('message', (message) => (answer ??= message.toString('latin1')))
  // A port that is not open yet says so; it is tried again.
  socket.on('error', () => {})
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const untilMs = performance.now() + limitMs
  try {
    while (answer === undefined && performance.now() < untilMs) {
      socket.send(text(socket.address().port), port, '127.0.0.1')
      await delay(TRY_EVERY_MS)
    }
  } finally {
    socket.close()
  }
  if (answer === undefined) throw new Error(`nothing answers at UDP port ${port}`)
  return answer
}
