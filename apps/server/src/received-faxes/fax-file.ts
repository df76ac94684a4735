import { open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FaxPage } from '@dialtone/media'
import type { FaxAddress, ServiceTenant } from '@dialtone/softswitch'
import { syncFolder } from '../processes/sync-folder.ts'

/** A fax that comes. */
export interface NewFax extends ServiceTenant, FaxAddress {
  /** UUID, of the switch. */
  readonly faxId: string
}

/** How it ended. */
export interface EndOfFax {
  readonly isComplete: boolean
  readonly remoteIdent: string
}

/** A line of the file, as JSON. */
type Line = { readonly fax: NewFax; readonly page: Omit<FaxPage, 'data'>; readonly base64: string } | { readonly end: EndOfFax }

export interface FaxOnDisk {
  readonly fax: NewFax
  readonly pages: readonly FaxPage[]
  /** undefined: nobody said so. */
  readonly end: EndOfFax | undefined
}

/** On the disk for good when this resolves; when it rejects the file is as it was. */
export function appendPage(path: string, { faxId, partitionId, accountId, faxLineId, caller, calledNumber }: NewFax, page: FaxPage): Promise<void> {
  const { data, ...facts } = page
  const fax = { faxId, partitionId, accountId, faxLineId, caller, calledNumber }
  return append(path, { fax, page: facts, base64: Buffer.from(data).toString('base64') })
}

export function appendEnd(path: string, { isComplete, remoteIdent }: EndOfFax): Promise<void> {
  return append(path, { end: { isComplete, remoteIdent } })
}

/** What is there in whole lines. @returns undefined when no page is */
export async function readFaxFile(path: string): Promise<FaxOnDisk | undefined> {
  const lines = (await readFile(path, 'utf8')).split('\n').flatMap(readLine)
  const pages = lines.flatMap((line) => ('page' in line ? [{ ...line.page, data: new Uint8Array(Buffer.from(line.base64, 'base64')) }] : []))
  const fax = lines.flatMap((line) => ('fax' in line ? [line.fax] : []))[0]
  const end = lines.flatMap((line) => ('end' in line ? [line.end] : [])).at(-1)
  return fax === undefined ? undefined : { fax, pages, end }
}

/** Of a line that the process did not finish nobody was told. */
function readLine(text: string): readonly Line[] {
  try {
    return text === '' ? [] : [JSON.parse(text) as Line]
  } catch {
    return []
  }
}

async function append(path: string, line: Line): Promise<void> {
  const file = await open(path, 'a', 0o600)
  try {
    const { size } = await file.stat()
    try {
      await file.writeFile(`${JSON.stringify(line)}\n`)
      await file.sync()
    } catch (error) {
      await file.truncate(size)
      throw error
    }
    if (size === 0) await syncFolder(dirname(path))
  } finally {
    await file.close()
  }
}
