import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FileStore } from '../file-store.ts'
import { s3FileStore } from './s3-file-store.ts'
import { EMPTY_PAYLOAD_HASH, signRequest } from './sign-request.ts'

/** The examples of "Signature Calculations for the Authorization Header" in the S3 API reference. */
const EXAMPLE = { region: 'us-east-1', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const atMs = Date.UTC(2013, 4, 24)
const signatureOf = (request: Partial<Parameters<typeof signRequest>[1]> & { readonly url: URL }): string =>
  /Signature=([0-9a-f]{64})$/.exec(signRequest(EXAMPLE, { method: 'GET', headers: {}, payloadHash: EMPTY_PAYLOAD_HASH, atMs, ...request })['authorization'] ?? '')?.[1] ?? '' // prettier-ignore

describe('signing a request to S3, as the documentation of AWS does it', () => {
  it('GET of a part of an object', () => {
    const url = new URL('https://examplebucket.s3.amazonaws.com/test.txt')
    expect(signatureOf({ url, headers: { range: 'bytes=0-9' } })).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41')
  })

  it('PUT of an object whose name has to be encoded', () => {
    const url = new URL('https://examplebucket.s3.amazonaws.com/test%24file.text')
    const headers = { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' }
    const payloadHash = createHash('sha256').update('Welcome to Amazon S3.').digest('hex')
    expect(signatureOf({ method: 'PUT', url, headers, payloadHash })).toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd')
  })

  it.each([
    ['lifecycle', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    ['max-keys=2&prefix=J', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
  ])('GET of a bucket with ?%s', (query, signature) => {
    expect(signatureOf({ url: new URL(`https://examplebucket.s3.amazonaws.com/?${query}`) })).toBe(signature)
  })
})

const SECRET = 'a secret of this test'
const objects = new Map<string, Buffer>()
const seen: string[] = []
let troubles: number[] = []
let server: Server
let store: FileStore
let spoolDirectory: string

/** Another reading of the same specification: the signature is made again from what arrived. */
function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const authorization = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request,SignedHeaders=([^,]+),Signature=(\w+)$/.exec(
    request.headers.authorization ?? '',
  )
  if (authorization === null) return false
  const [, key, day = '', region = '', names = '', signature] = authorization
  const hash = createHash('sha256').update(body).digest('hex')
  const lines = names.split(';').map((name) => `${name}:${String(request.headers[name])}\n`)
  const canonical = `${request.method ?? ''}\n${request.url ?? ''}\n\n${lines.join('')}\n${names}\n${hash}`
  const text = `AWS4-HMAC-SHA256\n${String(request.headers['x-amz-date'])}\n${day}/${region}/s3/aws4_request\n${createHash('sha256').update(canonical).digest('hex')}`
  let secret: Buffer = Buffer.from(`AWS4${SECRET}`)
  for (const part of [day, region, 's3', 'aws4_request']) secret = createHmac('sha256', secret).update(part).digest()
  const isComplete = ['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.split(';').includes(name))
  return (
    isComplete &&
    key === 'key-of-test' &&
    region === 'eu-north-1' &&
    request.headers['x-amz-content-sha256'] === hash &&
    createHmac('sha256', secret).update(text).digest('hex') === signature
  )
}

beforeAll(async () => {
  spoolDirectory = await mkdtemp(join(tmpdir(), 'dialtone-s3-'))
  server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const [body, url] = [Buffer.concat(parts), request.url ?? '']
      seen.push(`${request.method ?? ''} ${url}`)
      const trouble = troubles.shift()
      if (trouble !== undefined) return response.writeHead(trouble).end('<Error><Code>SlowDown</Code></Error>')
      if (!isSigned(request, body)) return response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>')
      if (request.method === 'PUT') objects.set(url, body)
      if (request.method === 'DELETE') return response.writeHead(objects.delete(url) ? 204 : 204).end()
      const found = objects.get(url)
      return found === undefined
        ? response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
        : response.writeHead(200).end(request.method === 'GET' ? found : '')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  store = storeWith(SECRET)
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await rm(spoolDirectory, { recursive: true, force: true })
})
beforeEach(() => {
  objects.clear()
  seen.length = 0
  troubles = []
})

function storeWith(secretAccessKey: string): FileStore {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return s3FileStore({ endpoint, bucket: 'voices', prefix: 'dialtone/a b', region: 'eu-north-1', accessKeyId: 'key-of-test', secretAccessKey, spoolDirectory })
}
async function* pieces(...texts: readonly string[]): AsyncIterable<string> {
  for (const text of texts) yield await Promise.resolve(text)
}
async function readOf(name: string): Promise<string | undefined> {
  const content = await store.open(name)
  if (content === undefined) return undefined
  const read: Uint8Array[] = []
  for await (const piece of content) read.push(piece)
  return Buffer.concat(read).toString()
}

describe('files in a bucket', () => {
  it('are kept, read, replaced by nothing else, and removed; every request is signed', async () => {
    expect(await store.store('voicemail/one-1', pieces('RIFF', ' of a voice'), 100)).toEqual({ ok: true, value: { bytes: 15 } })
    expect([...objects.keys()]).toEqual(['/voices/dialtone/a%20b/voicemail/one-1'])
    expect(await readOf('voicemail/one-1')).toBe('RIFF of a voice')
    await store.remove('voicemail/one-1')
    expect(await readOf('voicemail/one-1')).toBeUndefined()
    await store.remove('voicemail/one-1')
    expect(await readdir(spoolDirectory)).toEqual([])
  })

  it('that are too large, or end with an error, leave nothing there nor here', async () => {
    expect(await store.store('media/large', pieces('12345', '67890'), 9)).toEqual({ ok: false, error: 'TooLarge' })
    await expect(store.store('media/broken', broken(), 100)).rejects.toThrow('the upload broke')
    expect([seen, await readdir(spoolDirectory)]).toEqual([[], []])
  })

  it('are tried again while the store has trouble, and not when it refuses', async () => {
    troubles = [503, 500]
    expect((await store.store('media/again', pieces('sound'), 100)).ok).toBe(true)
    expect(seen).toHaveLength(3)
    seen.length = 0
    await expect(storeWith('another secret').open('media/again')).rejects.toThrow('GET media/again: 403 SignatureDoesNotMatch')
    expect(seen).toHaveLength(1)
    troubles = [503, 503, 503, 503]
    await expect(store.remove('media/again')).rejects.toThrow('503 SlowDown')
    expect(await readOf('media/again')).toBe('sound')
  })

  it.each(['../secret', 'voicemail/a/b', 'voicemail/..', 'Voicemail/a', 'x'])('%s is no name of one', async (name) => {
    await expect(store.open(name)).rejects.toThrow('is no name of a file')
    expect(seen).toEqual([])
  })
})

async function* broken(): AsyncIterable<string> {
  yield await Promise.resolve('half')
  throw new Error('the upload broke')
}
