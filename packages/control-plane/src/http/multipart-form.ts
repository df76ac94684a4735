import { isUploadedFile, readMultipart } from './multipart-body.ts'

/**
 * The fields of a multipart/form-data body, files as their text: what an import of CSV asks for.
 * @returns undefined when the body is not what its content type says.
 */
export function readMultipartForm(contentType: string, body: Buffer): Readonly<Record<string, string>> | undefined {
  const form = readMultipart(body, contentType)
  if (form === undefined) return undefined
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, isUploadedFile(value) ? value.bytes.toString('utf8') : value]))
}
