import { createHash, createHmac } from 'node:crypto'

/** Who signs, and for where. */
export interface S3Credentials {
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface RequestToSign {
  readonly method: string
  readonly url: URL
  /** Besides `host`, which comes from the URL. */
  readonly headers: Readonly<Record<string, string>>
  /** Of the body, in hex; it is sent as `x-amz-content-sha256` too. */
  readonly payloadHash: string
  readonly atMs: number
}

export const EMPTY_PAYLOAD_HASH = createHash('sha256').digest('hex')

/** Signs a request to S3 (AWS Signature Version 4, "Authenticating Requests: Using the Authorization Header"). @returns all header fields to send */
export function signRequest({ region, accessKeyId, secretAccessKey }: S3Credentials, request: RequestToSign): Readonly<Record<string, string>> {
  const { method, url, payloadHash, atMs } = request
  const time = new Date(atMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const day = time.slice(0, 'yyyyMMdd'.length)
  const sent = { ...request.headers, 'x-amz-content-sha256': payloadHash, 'x-amz-date': time }
  const fields = Object.entries({ ...sent, host: url.host }).map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/\s+/g, ' ')] as const)
  const ordered = fields.toSorted(([one], [other]) => (one < other ? -1 : 1))
  const signedNames = ordered.map(([name]) => name).join(';')
  const canonical = [method, pathOf(url), queryOf(url), ...ordered.map(([name, value]) => `${name}:${value}`), '', signedNames, payloadHash].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const key = [region, 's3', 'aws4_request'].reduce((before, part) => hmac(before, part), hmac(`AWS4${secretAccessKey}`, day))
  const signature = hmac(key, text).toString('hex')
  return { ...sent, authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope},SignedHeaders=${signedNames},Signature=${signature}` }
}

/** As every segment is written in the URL, encoded once. */
function pathOf(url: URL): string {
  return url.pathname.split('/').map((segment) => encode(decodeURIComponent(segment))).join('/') // prettier-ignore
}

function queryOf(url: URL): string {
  const pairs = [...url.searchParams].map(([name, value]) => [encode(name), encode(value)] as const)
  return pairs
    .toSorted(([one, left], [other, right]) => (one === other ? (left < right ? -1 : 1) : one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** RFC 3986: everything but the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
