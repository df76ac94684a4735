import { err, ok, type Result } from '@dialtone/foundation'
import { readCsv } from '../csv/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { type BulkObject, MAX_OBJECTS } from './bulk-object.ts'

/** The objects of an uploaded file: CSV with a heading line, or a JSON array. */
export function readObjects(text: string, field: string): Promise<Result<readonly BulkObject[], ApiFailure>> {
  return text.trimStart().startsWith('[') ? Promise.resolve(readJson(text, field)) : readLines(text, field)
}

function readJson(text: string, field: string): Result<readonly BulkObject[], ApiFailure> {
  try {
    const objects: unknown = JSON.parse(text)
    const isList = Array.isArray(objects) && objects.every((object) => typeof object === 'object' && object !== null && !Array.isArray(object))
    return isList ? ok(objects as BulkObject[]) : err(invalidField(field, 'holds something else than objects', 'a JSON array of objects'))
  } catch (error) {
    return err(invalidField(field, `is not valid JSON: ${String(error)}`, 'RFC 8259'))
  }
}

async function readLines(text: string, field: string): Promise<Result<readonly BulkObject[], ApiFailure>> {
  const read = await readCsv(text, [], MAX_OBJECTS)
  if (read.ok) return ok(read.value.map((row) => row.cells))
  const { error, lineNumber, input } = read.error
  return err(invalidField(field, `cannot be read at line ${lineNumber}: ${error} ${input}`.trim(), 'CSV with a heading line, RFC 4180', error))
}
