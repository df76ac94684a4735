/**
 * The parser fuzz for as long as one likes: node packages/sip/test/fuzz/run-fuzz.ts --seed 1 --seconds 300
 * A message that is read wrongly, too slowly, or not without a throw is printed with its seed.
 */
import { parseArgs } from 'node:util'
import { checkMessage, LONGEST_READ_MS } from './check-message.ts'
import { mutateMessage } from './mutate-message.ts'
import { SEED_MESSAGES } from './seed-messages.ts'
import { seededNumbers } from './seeded-numbers.ts'

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, seconds: { type: 'string', default: '60' } } })
const endMs = performance.now() + Number(values.seconds) * 1000
let messages = 0
let failures = 0

for (let seed = Number(values.seed); performance.now() < endMs; seed++) {
  const numbers = seededNumbers(seed)
  for (let count = 0; count < 1000; count++) {
    const bytes = Buffer.from(mutateMessage(SEED_MESSAGES[numbers.below(SEED_MESSAGES.length)] ?? '', numbers, SEED_MESSAGES), 'latin1')
    const problem = problemOf(bytes)
    messages++
    if (problem === undefined) continue
    failures++
    process.stderr.write(`seed ${seed}, message ${count}: ${problem}\n${JSON.stringify(bytes.toString('latin1').slice(0, 4000))}\n`)
  }
}
process.stdout.write(`${JSON.stringify({ messages, failures })}\n`)
process.exitCode = failures > 0 ? 1 : 0

function problemOf(bytes: Buffer): string | undefined {
  const before = process.threadCpuUsage()
  try {
    const problem = checkMessage(bytes)
    const { user, system } = process.threadCpuUsage(before)
    return problem ?? ((user + system) / 1000 > LONGEST_READ_MS ? `took ${(user + system) / 1000} ms` : undefined)
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}
