const MAX_PARTS = 20

/**
 * The fields of a multipart/form-data body (RFC 7578), files as their text.
 * @returns undefined when the body is not what its content type says.
 */
export function readMultipartForm(contentType: string, body: Buffer): Readonly<Record<string, string>> | undefined {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType)
  const marker = boundary?.[1] ?? boundary?.[2]
  if (marker === undefined) return undefined
  // Every octet is one character here, so that lengths are right whatever the files hold.
  const [, ...parts] = `\r\n${body.toString('latin1')}`.split(`\r\n--${marker}`)
  const last = parts.pop()
  if (last?.startsWith('--') !== true || parts.length > MAX_PARTS) return undefined
  const fields = parts.map(fieldOf)
  return fields.includes(undefined) ? undefined : Object.fromEntries(fields.filter((field) => field !== undefined))
}

function fieldOf(part: string): readonly [string, string] | undefined {
  const end = part.indexOf('\r\n\r\n')
  const name = /^content-disposition:\s*form-data;[^\r\n]*?\bname="([^"\r\n]{1,100})"/im.exec(part.slice(0, end))?.[1]
  if (end === -1 || name === undefined || name === '__proto__') return undefined
  return [name, Buffer.from(part.slice(end + 4), 'latin1').toString('utf8')]
}
