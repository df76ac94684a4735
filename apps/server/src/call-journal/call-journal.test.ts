import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualTime, silentLogger, systemClock } from '@dialtone/foundation'
import type { CallRecord } from '@dialtone/softswitch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { killWithoutWarning, runUntilLine } from '../../test/child-program.ts'
import { closedCallRecord, sampleCallRecord } from '../../test/sample-call-record.ts'
import { openCallJournal, type CallJournal, type CallJournalOptions } from './index.ts'

let folder = ''
let directory = ''
const opened: CallJournal[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-journal-'))
  directory = join(folder, 'journal')
})

afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.stop({ deliverWithinMs: 0 })
  rmSync(folder, { recursive: true, force: true })
})

/** A database that takes what comes, except what `refuses` says. */
class Store {
  readonly taken: CallRecord[] = []
  calls = 0
  refuses: (record: CallRecord) => boolean = () => false

  readonly deliver = async (records: readonly CallRecord[]): Promise<void> => {
    this.calls++
    if (records.some((record) => this.refuses(record))) throw new Error('refused')
    this.taken.push(...records)
  }

  get ids(): readonly string[] {
    return this.taken.map((record) => record.id)
  }
}

async function open(store: Store, options: Partial<CallJournalOptions> = {}): Promise<CallJournal> {
  const journal = await openCallJournal({ directory, clock: systemClock, logger: silentLogger, deliver: store.deliver, heartbeatMs: 60_000, ...options })
  opened.push(journal)
  return journal
}

/** Real files take real turns of the event loop; virtual time moves on in between. */
async function until(time: ManualTime, condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setImmediate(resolve))
    time.advance(50)
  }
}

/** What a crash at this moment leaves. @returns the directory. */
function copyAsCrashed(): string {
  const copy = `${directory}-crashed`
  cpSync(directory, copy, { recursive: true, filter: (path) => !path.endsWith('server.lock') })
  return copy
}

const segments = (of = directory): readonly string[] => readdirSync(of).filter((name) => name.endsWith('.jsonl'))

describe('a call journal', () => {
  it('delivers closed records in the order they were closed and leaves nothing behind (S0-52)', async () => {
    const store = new Store()
    const journal = await open(store)
    journal.checkpoint(sampleCallRecord('a'))
    journal.checkpoint(sampleCallRecord('b'))
    journal.close(closedCallRecord('b'))
    journal.close(closedCallRecord('a'))
    await journal.delivered()
    expect(store.taken).toEqual([closedCallRecord('b'), closedCallRecord('a')])
    expect(journal.statistics).toEqual({ openCalls: 0, undelivered: 0, pendingBytes: expect.any(Number) as number, refused: 0 })
    await journal.stop()
    expect(readdirSync(directory)).toEqual([])
  })

  it('delivers what it was given a moment before it stops', async () => {
    const store = new Store()
    const journal = await open(store)
    for (let call = 0; call < 500; call++) journal.close(closedCallRecord(`${call}`))
    await journal.stop()
    expect(store.ids).toHaveLength(500)
    expect(readdirSync(directory)).toEqual([])
  })

  it('shares one delivery among calls that end together', async () => {
    const store = new Store()
    const journal = await open(store)
    for (let call = 0; call < 150; call++) journal.close(closedCallRecord(`${call}`))
    await journal.delivered()
    expect(store.ids).toHaveLength(150)
    expect(store.calls).toBe(1)
  })

  it('forgets none of a burst that goes on while earlier records are written and delivered', async () => {
    const store = new Store()
    const journal = await open(store)
    for (let turn = 0; turn < 50; turn++) {
      for (let call = 0; call < 40; call++) journal.close(closedCallRecord(`${turn * 40 + call}`))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await journal.delivered()
    expect(store.ids).toEqual(Array.from({ length: 2000 }, (_, call) => `${call}`))
  })

  it('keeps names whole that contain line separators', async () => {
    const store = new Store()
    const record = closedCallRecord('a', { callingName: 'one\u2028two\nthree' })
    ;(await open(store)).close(record)
    await opened[0]?.delivered()
    expect(store.taken).toEqual([record])
  })

  it('is for one server at a time', async () => {
    await open(new Store())
    await expect(open(new Store())).rejects.toThrow('is in use by another Dialtone server')
  })
})

describe('a call journal while the database is away', () => {
  it('keeps every record on disk, tries again, and delivers in order when it is back', async () => {
    const store = new Store()
    store.refuses = () => true
    const time = new ManualTime()
    const journal = await open(store, { timers: time, limits: { segmentBytes: 2000 } })
    for (let call = 0; call < 30; call++) {
      journal.close(closedCallRecord(`${call}`))
      await journal.flushed()
    }
    await until(time, () => store.calls >= 3)
    expect(journal.statistics.undelivered).toBe(30)
    expect(segments().length).toBeGreaterThan(3)

    store.refuses = () => false
    await until(time, () => store.taken.length === 30)
    expect(store.ids).toEqual(Array.from({ length: 30 }, (_, call) => `${call}`))
    await journal.delivered()
    expect(segments()).toHaveLength(1)
  })

  it('sets a record aside that is refused although later ones are taken, so that it holds up nothing', async () => {
    const store = new Store()
    store.refuses = (record) => record.id === 'bad'
    const time = new ManualTime()
    const journal = await open(store, { timers: time })
    for (const id of ['first', 'bad', 'last']) journal.close(closedCallRecord(id))
    await until(time, () => journal.statistics.undelivered === 0)
    expect(store.ids).toEqual(['first', 'last'])
    expect(JSON.parse(readFileSync(join(directory, 'set-aside.jsonl'), 'utf8'))).toMatchObject({ id: 'bad' })
  })

  it('stops in time although a delivery never ends, and the next start delivers', async () => {
    const time = new ManualTime()
    const journal = await open(new Store(), { timers: time, deliver: () => new Promise(() => undefined) })
    journal.close(closedCallRecord('a'))
    await journal.flushed()
    let stopped = false
    const stopping = journal.stop({ deliverWithinMs: 1000 }).then(() => (stopped = true))
    await until(time, () => stopped)
    await stopping

    const store = new Store()
    await (await open(store)).delivered()
    expect(store.ids).toEqual(['a'])
  })
})

describe('a call journal after a crash', () => {
  it('delivers what was closed, and closes what was not at the last sign of life', async () => {
    await killWithoutWarning(await runUntilLine('hold-call-journal.ts', [directory], 'holding'))
    const store = new Store()
    const journal = await open(store)
    await journal.delivered()
    const { startedAtMs } = sampleCallRecord('')
    const [ended, talking, ringing] = store.taken
    expect(ended).toEqual(closedCallRecord('ended'))
    expect(talking).toEqual(sampleCallRecord('talking', { endedAtMs: startedAtMs + 30_000, disposition: 'ANSWERED', hangupBy: 'system' }))
    expect(ringing).toMatchObject({ id: 'ringing', endedAtMs: startedAtMs + 30_000, disposition: 'FAILED', hangupBy: 'system', sipStatusCode: 500 })
    expect(journal.statistics.undelivered).toBe(0)
  })

  it('ends a call whose own legs were over before, while others talked on in it, when they were over', async () => {
    const journal = await open(new Store())
    const { startedAtMs } = sampleCallRecord('')
    const over = { endedAtMs: startedAtMs + 7_000, hangupBy: 'callee' } as const
    journal.checkpoint(sampleCallRecord('joined', over))
    await journal.flushed()
    const copy = copyAsCrashed()
    const store = new Store()
    await (await open(store, { directory: copy })).delivered()
    expect(store.taken).toEqual([sampleCallRecord('joined', { ...over, disposition: 'ANSWERED' })])
  })

  it('knows the parties of the calls that went on where the last run died, and leaves them alone in a copy', async () => {
    const dialog = {
      ...{ callId: 'c', localTag: 'l', remoteTag: 'r', localAddress: '<sip:l@test>;tag=l', remoteAddress: '<sip:r@test>;tag=r' },
      ...{ remoteTarget: 'sip:r@192.0.2.1', routeSet: [], localSequence: 1, remoteSequence: undefined },
    }
    const dialogs = [{ dialog, heardFrom: { transport: 'udp', address: '192.0.2.1', port: 5060 } }] as const
    const journal = await open(new Store())
    journal.checkpoint({ ...sampleCallRecord('cut'), dialogs })
    journal.checkpoint({ ...sampleCallRecord('over'), dialogs })
    journal.close(closedCallRecord('over'))
    await journal.flushed()
    const copy = copyAsCrashed()
    const here = `${copy}-here`
    cpSync(copy, here, { recursive: true })
    writeFileSync(join(here, 'server.lock'), JSON.stringify({ processId: 1, startMark: 'long ago', token: 'dead' }))
    const store = new Store()
    const again = await open(store, { directory: here })
    expect(again.leftLegs).toEqual(JSON.parse(JSON.stringify(dialogs)))
    await again.delivered()
    expect(store.taken.map((record) => [record.id, 'dialogs' in record])).toEqual([
      ['over', false],
      ['cut', false],
    ])
    expect((await open(new Store(), { directory: copy })).leftLegs).toEqual([])
  })

  it('never ends a call before it was answered', async () => {
    const time = new ManualTime(0)
    const journal = await open(new Store(), { clock: time, timers: time })
    journal.checkpoint(sampleCallRecord('answered by a faster clock'))
    await journal.flushed()
    const crashed = copyAsCrashed()
    const store = new Store()
    await (await open(store, { directory: crashed })).delivered()
    expect(store.taken[0]?.endedAtMs).toBe(sampleCallRecord('').answeredAtMs)
  })

  it('closes them at the same time when it crashes again while taking up', async () => {
    await killWithoutWarning(await runUntilLine('hold-call-journal.ts', [directory], 'holding'))
    const away = new Store()
    away.refuses = () => true
    const second = await open(away)
    await second.flushed()
    const crashed = copyAsCrashed()
    const store = new Store()
    await (await open(store, { directory: crashed })).delivered()
    expect(store.ids).toEqual(['ended', 'talking', 'ringing'])
    expect(store.taken[1]?.endedAtMs).toBe(sampleCallRecord('').startedAtMs + 30_000)
  })

  it.each(['{"kind":"close","atMs":1,"rec', '\0\0\0\0', '{}', 'null'])('tolerates a last line torn to %j', async (torn) => {
    const journal = await open(new Store(), { deliver: () => Promise.reject(new Error('away')) })
    journal.close(closedCallRecord('whole'))
    await journal.flushed()
    const crashed = copyAsCrashed()
    appendFileSync(join(crashed, segments()[0] ?? ''), torn)
    const store = new Store()
    const second = await open(store, { directory: crashed })
    second.close(closedCallRecord('after the crash'))
    await second.delivered()
    expect(store.ids).toEqual(['whole', 'after the crash'])
  })

  it('keeps a segment with lines that were damaged later, says so, and delivers the rest', async () => {
    const journal = await open(new Store(), { deliver: () => Promise.reject(new Error('away')) })
    journal.close(closedCallRecord('whole'))
    await journal.flushed()
    const crashed = copyAsCrashed()
    const segment = segments()[0] ?? ''
    appendFileSync(join(crashed, segment), '{"kind":"clo\0\0\0\n')
    const store = new Store()
    const errors: unknown[] = []
    const logger = { ...silentLogger, error: (message: string, fields?: object) => void errors.push([message, fields]) }
    await (await open(store, { directory: crashed, logger })).delivered()
    const file = segment.replace('calls', 'damaged')
    expect([store.ids, errors]).toEqual([['whole'], [['lines of the call journal are damaged: records may be missing; the segment was kept', { file }]]])
    expect(readFileSync(join(crashed, file), 'utf8')).toContain('"kind":"clo')
  })

  it('still knows a long call whose first segment is gone', async () => {
    const store = new Store()
    const journal = await open(store, { limits: { segmentBytes: 2000 } })
    journal.checkpoint(sampleCallRecord('long'))
    for (let call = 0; call < 30; call++) {
      journal.close(closedCallRecord(`${call}`))
      await journal.delivered()
    }
    expect(segments()).not.toContain('calls-00000001.jsonl')
    const crashed = copyAsCrashed()
    const again = new Store()
    await (await open(again, { directory: crashed })).delivered()
    expect(again.taken.at(-1)).toMatchObject({ id: 'long', disposition: 'ANSWERED', hangupBy: 'system' })
  })

  it('does not deliver again what it noted as delivered', async () => {
    const store = new Store()
    const journal = await open(store)
    journal.close(closedCallRecord('a'))
    await journal.delivered()
    await journal.flushed()
    const crashed = copyAsCrashed()
    const again = new Store()
    await (await open(again, { directory: crashed })).delivered()
    expect(again.ids).toEqual([])
  })
})

describe('a call journal whose disk does not keep up', () => {
  it('refuses checkpoints first, then records, and counts them instead of growing', async () => {
    const store = new Store()
    const journal = await open(store, { limits: { maxPendingBytes: 8000 } })
    for (let call = 0; call < 20; call++) journal.checkpoint(sampleCallRecord(`open ${call}`))
    const { refused, pendingBytes } = journal.statistics
    expect(refused).toBeGreaterThan(0)
    expect(pendingBytes).toBeLessThanOrEqual(4000)
    for (let call = 0; call < 5; call++) journal.close(closedCallRecord(`${call}`))
    expect(journal.statistics.refused).toBe(refused)
    for (let call = 0; call < 20; call++) journal.close(closedCallRecord(`too many ${call}`))
    expect(journal.statistics.pendingBytes).toBeLessThanOrEqual(8000)
    expect(journal.statistics.refused).toBeGreaterThan(refused)
    await journal.delivered()
    expect(store.ids.slice(0, 5)).toEqual(['0', '1', '2', '3', '4'])
  })

  it.skipIf(process.platform !== 'linux')('loses nothing when the disk refuses half way and later takes writes again', async () => {
    const { spawn, execFileSync } = await import('node:child_process')
    const program = new URL('../../test/fill-disk-with-calls.ts', import.meta.url).pathname
    const child = spawn('prlimit', ['--fsize=10000:unlimited', process.execPath, program, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    for await (const chunk of child.stdout) {
      said += String(chunk)
      if (said.includes('cannot be written')) execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:unlimited'])
    }
    expect(said).toContain('the call journal cannot be written')
    expect(said).toContain('delivered 100 in order: true')
  })
})
