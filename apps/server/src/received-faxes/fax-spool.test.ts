import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FinishedFax } from '@dialtone/control-plane'
import { err, ManualTime, newUuid, ok, silentLogger } from '@dialtone/foundation'
import type { FaxPage } from '@dialtone/media'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NewFax } from './fax-file.ts'
import { FaxSpool } from './fax-spool.ts'

let directory: string
let time: ManualTime
let refusals: ('later' | 'never')[]
const deposited: { readonly fax: FinishedFax; readonly document: string }[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dialtone-faxes-'))
  time = new ManualTime()
  refusals = []
  deposited.length = 0
})
afterEach(() => rm(directory, { recursive: true, force: true }))

function spool(folder = directory): FaxSpool {
  return new FaxSpool({
    directory: folder,
    timers: time,
    logger: silentLogger,
    deposit: async (fax, content) => {
      const refusal = refusals.shift()
      if (refusal === 'later') throw new Error('the database is away')
      if (refusal === 'never') return err({ code: 'EntityNotFound' })
      const pieces: Uint8Array[] = []
      for await (const piece of content) pieces.push(piece)
      deposited.push({ fax, document: Buffer.concat(pieces).toString('latin1') })
      return ok(undefined)
    },
  })
}

const newFax = (): NewFax => ({
  ...{ faxId: newUuid(), partitionId: 'p', accountId: 'a', faxLineId: 'office', calledNumber: '18015550001' },
  caller: { number: '16075551212', name: 'Desk', anonymous: false },
})
const page = (text: string): FaxPage => ({
  ...{ columns: 8, rows: 1, columnsPerMetre: 8_037, rowsPerMetre: 3_850, badRows: 1, isComplete: true },
  data: Buffer.from(text, 'latin1'),
})
const END = { isComplete: true, remoteIdent: '+1 607' }

describe('the spool of faxes', () => {
  it('hands a fax on with its pages in their order when it is over, and forgets it', async () => {
    const [faxes, fax] = [spool(), newFax()]
    expect(await Promise.all([faxes.take(fax, page('one \xff')), faxes.take(fax, page('two')), faxes.end(fax.faxId, END)])).toEqual([true, true, true])
    expect(deposited).toMatchObject([{ fax: { ...fax, ...END, pageCount: 2, badRows: 2 }, document: expect.stringMatching(/one \xff[^]*two/) as string }])
    expect(await readdir(directory)).toEqual([])
    expect(await faxes.end(fax.faxId, END)).toBe(false)
  })

  it('has every page that was said to be there after the process is gone, as a fax that broke off, once', async () => {
    const [gone, fax] = [spool(), newFax()]
    for (const text of ['one', 'two']) expect(await gone.take(fax, page(text))).toBe(true)
    // The process ended in the middle of the third.
    await appendFile(join(directory, `${fax.faxId}.fax`), '{"fax":{"faxId":"')
    await spool().recover()
    await spool().recover()
    expect(deposited).toMatchObject([{ fax: { faxId: fax.faxId, pageCount: 2, isComplete: false }, document: expect.stringMatching(/one[^]*two/) as string }])
    expect(await readdir(directory)).toEqual([])
  })

  it('leaves a fax alone that still comes, and tries again what could not be handed on, with how it ended', async () => {
    refusals = ['later']
    const [faxes, fax, other] = [spool(), newFax(), newFax()]
    await faxes.take(other, page('goes on'))
    await faxes.take(fax, page('one'))
    expect(await faxes.end(fax.faxId, END)).toBe(false)
    expect(await readdir(directory)).toHaveLength(2)
    time.advance(60_000)
    await expect.poll(() => deposited.length).toBe(1)
    expect(deposited[0]?.fax).toMatchObject({ faxId: fax.faxId, ...END })
    await faxes.stop()
    expect(await readdir(directory)).toEqual([`${other.faxId}.fax`])
  })

  it('lets go of what can never be kept', async () => {
    refusals = ['never']
    const [faxes, fax] = [spool(), newFax()]
    await faxes.take(fax, page('one'))
    expect(await faxes.end(fax.faxId, END)).toBe(false)
    expect([deposited, await readdir(directory)]).toEqual([[], []])
  })

  it('says so when a page cannot be written, and takes no name for a file that is not its own', async () => {
    const file = join(directory, 'no-folder')
    await appendFile(file, '')
    expect(await spool(file).take(newFax(), page('one'))).toBe(false)
    expect(await spool().take({ ...newFax(), faxId: '../../etc/passwd' }, page('one'))).toBe(false)
  })
})
