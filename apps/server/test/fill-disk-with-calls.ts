// Journals calls until the disk refuses (the caller limits the size of files), says so, goes on when it no longer refuses.
import { silentLogger, systemClock } from '@dialtone/foundation'
import { openCallJournal } from '../src/call-journal/index.ts'
import { closedCallRecord } from './sample-call-record.ts'

const delivered: string[] = []
const logger = { ...silentLogger, error: (message: string) => process.stdout.write(`${message}\n`) }
const deliver = async (records: readonly { readonly id: string }[]): Promise<void> => {
  delivered.push(...records.map((record) => record.id))
}
const journal = await openCallJournal({ directory: process.argv[2] ?? '', clock: systemClock, logger, deliver, heartbeatMs: 60_000 })
// Timers of ours do not keep the process alive, and it must outlive the disk's refusal.
const keepAlive = setInterval(() => undefined, 1000)
for (let call = 0; call < 100; call++) journal.close(closedCallRecord(`call ${call}`))
await journal.delivered()
process.stdout.write(`delivered ${delivered.length} in order: ${delivered.every((id, index) => id === `call ${index}`)}\n`)
await journal.stop()
clearInterval(keepAlive)
