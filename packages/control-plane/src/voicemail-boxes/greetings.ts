import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, type Actor, actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import type { UploadedFile } from '../http/index.ts'
import { boxChanged, removeFiles } from './change-box.ts'
import { greetingFile, newGreetingFile } from './stored-files.ts'
import type { GreetingType } from './voicemail-box.ts'
import { findBox, lockBox, setGreetings, type VoicemailBoxRow } from './voicemail-box-queries.ts'

/** Five minutes of G.711, and the form around it. */
export const MAX_GREETING_BYTES = 2_500_000
const WAV_HEADER_BYTES = 44

/** Records what callers of the box hear. WAV only: nothing of ours decodes another format. */
export async function storeGreeting(
  context: Context,
  actor: Actor,
  scope: AccountScope,
  boxId: string,
  type: GreetingType,
  { bytes }: Pick<UploadedFile, 'bytes'>,
): Promise<Result<undefined, ApiFailure>> {
  if (bytes.length < WAV_HEADER_BYTES || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    return err(invalidField('file', 'is not a WAV file', 'RIFF/WAVE', 'InvalidFile'))
  if ((await findBox(context.database.sql, scope, boxId)) === undefined) return err(entityNotFound('VoicemailBox', boxId))
  const file = newGreetingFile()
  const stored = await context.files.store(file, piecesOf(bytes), MAX_GREETING_BYTES)
  if (!stored.ok) return err(invalidField('file', 'is too large', `${MAX_GREETING_BYTES} bytes`, 'InvalidFile'))
  const changed = await change(context, actor, scope, boxId, type, (row, now) => ({
    ...row.greetings,
    [type]: { mediaType: 'audio/wav', sizeBytes: bytes.length, createdDate: now.toISOString(), file },
  }))
  if (!changed.ok) await removeFiles(context, [file])
  return changed
}

export function removeGreeting(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  boxId: string,
  type: GreetingType,
): Promise<Result<undefined, ApiFailure>> {
  return change(context, actorOf(principal), scope, boxId, type, ({ greetings: { [type]: _removed, ...others } }) => others)
}

export async function readGreeting(context: Context, scope: AccountScope, boxId: string, type: GreetingType): Promise<Result<Buffer, ApiFailure>> {
  const row = await findBox(context.database.sql, scope, boxId)
  if (row === undefined) return err(entityNotFound('VoicemailBox', boxId))
  const file = greetingFile(row, type)
  const content = file === undefined ? undefined : await readFile(context, file)
  return content === undefined ? err(entityNotFound('Greeting', type)) : ok(content)
}

/** @returns undefined when the store does not have it. */
export async function readFile(context: Context, name: string): Promise<Buffer | undefined> {
  const content = await context.files.open(name)
  if (content === undefined) return undefined
  const pieces: Uint8Array[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** What was recorded as `type` before is no longer heard by anybody. */
function change(
  context: Context,
  actor: Actor,
  scope: AccountScope,
  boxId: string,
  type: GreetingType,
  greetingsOf: (row: VoicemailBoxRow, now: Date) => VoicemailBoxRow['greetings'],
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actor, async ({ sql, now, emit, afterCommit }) => {
    const row = await lockBox(sql, scope, boxId)
    if (row === undefined) return err(entityNotFound('VoicemailBox', boxId))
    const greetings = greetingsOf(row, now)
    await setGreetings(sql, row, greetings)
    const before = greetingFile(row, type)
    if (before !== undefined) afterCommit(() => removeFiles(context, [before]))
    emit(boxChanged(scope, boxId, { name: row.name, greetings: Object.keys(row.greetings) }, { name: row.name, greetings: Object.keys(greetings) }))
    return ok(undefined)
  })
}

async function* piecesOf(bytes: Buffer): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes)
}
