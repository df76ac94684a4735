import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { LineWords } from '../database/index.ts'
import { addLine, lineFailure, listPortsOfDevice, removeLine, reviseLine } from '../device-lines/index.ts'
import type { DeviceRow } from '../devices/index.ts'
import type { Write } from '../events/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { resolveLine, type WantedLine } from './wanted-line.ts'

export interface SetLines {
  /** Lines whose phones have to register again, or are gone: their bindings are dropped after the commit. */
  readonly dropped: readonly string[]
  readonly words: Readonly<Record<string, LineWords>>
}

const NEW_LOGIN = { sipUsername: undefined, sipPassword: undefined }

/** Makes these the lines of a device: known places are changed and keep their logins, new ones are added, the others go. */
export async function setLines(
  context: Context,
  change: Write,
  scope: AccountScope,
  device: DeviceRow,
  o: { readonly wanted: readonly WantedLine[]; readonly ownerId: string | undefined },
): Promise<Result<SetLines, ApiFailure>> {
  const numbers = o.wanted.map((line) => line.lineNumber)
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index)
  if (twice !== undefined) return err(invalidField('lines', `line ${twice} stands twice`, 'each line number once', 'InvalidLineNumber'))
  const stored = await listPortsOfDevice(change.sql, scope, device.id)
  const dropped: string[] = []
  const words: Record<string, LineWords> = {}
  for (const row of stored.filter((each) => each.kind === 'USER' && !numbers.includes(each.line_number))) {
    const failure = await removeLine(change, scope, row)
    if (failure !== undefined) return err(failure)
    dropped.push(row.id)
  }
  for (const wanted of o.wanted) {
    const resolved = await resolveLine(change.sql, scope, device, { wanted, ownerId: o.ownerId })
    if (!resolved.ok) return resolved
    const { line } = resolved.value
    const failure = await lineFailure(change.sql, scope, line)
    if (failure !== undefined) return err(failure)
    if (resolved.value.words !== undefined) words[String(wanted.lineNumber)] = resolved.value.words
    const row = stored.find((each) => each.line_number === wanted.lineNumber)
    if (row !== undefined && row.kind !== 'USER')
      return err(invalidField('lines', `line ${wanted.lineNumber} is a business or specialty line`, 'a line of a user', 'InvalidLineNumber'))
    const kept = row === undefined ? line : { ...line, faxEnabled: row.fax_enabled, emergencyNumber: row.emergency_number ?? undefined }
    const done =
      row === undefined
        ? await addLine(context, change, scope, device, kept, NEW_LOGIN)
        : await reviseLine(context, change, scope, row, { line: kept, given: NEW_LOGIN })
    if (!done.ok) return done
    if (row !== undefined && 'hasNewLogin' in done.value && done.value.hasNewLogin) dropped.push(row.id)
  }
  return ok({ dropped, words })
}
