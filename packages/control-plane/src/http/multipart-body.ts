import Type from 'typebox'
import { named } from './named-schema.ts'

/** A file as a form sent it. The name is what the sender calls it: never a path of ours. */
export interface UploadedFile {
  readonly fileName: string
  readonly contentType: string
  readonly bytes: Buffer
}

/** The body of every upload of the interface: one file in a form. */
export const FileUpload = named('MultipartFormDataInput', Type.Object({ file: Type.Unsafe<UploadedFile>({ type: 'string', format: 'binary' }) }))

const MAX_PARTS = 20
const MAX_PART_HEADER_BYTES = 8_192
const LINE_END = Buffer.from('\r\n')
const HEADER_END = Buffer.from('\r\n\r\n')

/**
 * Reads a form (RFC 7578, RFC 2046 section 5.1): text fields as text, files as files. Every upload takes one file: a second one, or a
 * field said twice, would be lost without a word, so such a form is none.
 * @param body bounded by the body limit of the operation.
 * @returns undefined when it is no such form.
 */
export function readMultipart(body: Buffer, contentType: string): Readonly<Record<string, string | UploadedFile>> | undefined {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;,]{1,70}))/i.exec(contentType)
  if (boundary === null) return undefined
  const delimiter = Buffer.from(`\r\n--${boundary[1] ?? boundary[2] ?? ''}`)
  // The first delimiter may stand at the very beginning, without the line end before it.
  const text = Buffer.concat([LINE_END, body])
  const fields: [string, string | UploadedFile][] = []
  let at = text.indexOf(delimiter)
  while (at >= 0) {
    const start = at + delimiter.length
    if (text.subarray(start, start + 2).toString('latin1') === '--') return Object.fromEntries(fields)
    const end = text.indexOf(delimiter, start)
    if (end < 0 || fields.length === MAX_PARTS) return undefined
    const part = readPart(text.subarray(start, end))
    if (part === undefined || isOneTooMany(fields, part)) return undefined
    fields.push(part)
    at = end
  }
  return undefined
}

function isOneTooMany(fields: readonly [string, string | UploadedFile][], [name, value]: readonly [string, string | UploadedFile]): boolean {
  return fields.some((before) => before[0] === name || (isUploadedFile(before[1]) && isUploadedFile(value)))
}

function readPart(part: Buffer): [string, string | UploadedFile] | undefined {
  const lineEnd = part.indexOf(LINE_END)
  const headerEnd = part.indexOf(HEADER_END)
  if (lineEnd < 0 || headerEnd < 0 || headerEnd > MAX_PART_HEADER_BYTES) return undefined
  const header = part.subarray(lineEnd + 2, headerEnd + 2).toString('utf8')
  const bytes = part.subarray(headerEnd + HEADER_END.length)
  const disposition = /^content-disposition:\s*form-data\b(.*)$/im.exec(header)?.[1]
  const name = disposition === undefined ? undefined : parameterOf(disposition, 'name')
  if (disposition === undefined || name === undefined || name === '__proto__') return undefined
  const fileName = parameterOf(disposition, 'filename')
  if (fileName === undefined) return [name, bytes.toString('utf8')]
  const contentType = /^content-type:\s*([^\s;]{1,128})/im.exec(header)?.[1] ?? 'application/octet-stream'
  return [name, { fileName, contentType: contentType.toLowerCase(), bytes: Buffer.from(bytes) }]
}

function parameterOf(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.){0,512})"|([^\\s;]{1,512}))`, 'i').exec(disposition)
  return found === null ? undefined : (found[1]?.replaceAll(/\\(.)/g, '$1') ?? found[2])
}

/** Whether a body member came as a file. */
export function isUploadedFile(value: unknown): value is UploadedFile {
  return typeof value === 'object' && value !== null && 'bytes' in value && Buffer.isBuffer(value.bytes)
}
