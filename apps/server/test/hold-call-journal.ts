// A server in miniature for tests that kill it: its database is away; one call ended, one is talking, one is ringing.
import { ManualTime, silentLogger } from '@dialtone/foundation'
import { openCallJournal } from '../src/call-journal/index.ts'
import { closedCallRecord, sampleCallRecord } from './sample-call-record.ts'

const ringing = { answeredAtMs: undefined, sipStatusCode: 0 } as const
const time = new ManualTime(sampleCallRecord('').startedAtMs)
const deliver = (): Promise<void> => Promise.reject(new Error('the database is away'))
const journal = await openCallJournal({ directory: process.argv[2] ?? '', clock: time, timers: time, logger: silentLogger, deliver, heartbeatMs: 5000 })
journal.close(closedCallRecord('ended'))
journal.checkpoint(sampleCallRecord('talking'))
journal.checkpoint(sampleCallRecord('ringing', ringing))
time.advance(30_000)
await journal.flushed()
process.stdout.write('holding\n')
setInterval(() => undefined, 60_000)
