import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { err, newId, ok } from '@dialtone/foundation'
import { type FileStore, proveFileName } from '../file-store.ts'
import { spoolInto } from '../spooled-file.ts'
import { EMPTY_PAYLOAD_HASH, type S3Credentials, signRequest } from './sign-request.ts'

export interface S3Settings extends S3Credentials {
  /** `https://s3.eu-central-1.amazonaws.com`, or whatever speaks the same; the bucket stands in the path. */
  readonly endpoint: string
  readonly bucket: string
  /** Before every name, `''` for none. */
  readonly prefix: string
  /** Of this machine: what is being stored lies there until it is whole. */
  readonly spoolDirectory: string
}

const ATTEMPTS = 4
const FIRST_PAUSE_MS = 200
/** Until the answer begins; what a large file takes to be sent and read comes on top. */
const ANSWER_LIMIT_MS = 30_000
const BYTES_PER_MS = 500
const MAX_PROBLEM_CHARACTERS = 2_000

interface Draft {
  readonly path: string
  readonly bytes: number
  readonly hash: string
}

/** Files in a bucket of an S3-compatible store. An object appears with its last byte or not at all, as a name of the directory store does. */
export function s3FileStore(settings: S3Settings, nowMs: () => number = () => Date.now()): FileStore {
  const send = (method: 'GET' | 'PUT' | 'DELETE', name: string, draft?: Draft): Promise<Response> => {
    proveFileName(name)
    return sendRetried(settings, nowMs, { method, name, draft })
  }
  return {
    async store(name, content, maxBytes) {
      proveFileName(name)
      // The length has to be known before, and a stream that ends early must leave nothing behind.
      const draft = await spool(settings.spoolDirectory, content, maxBytes)
      if (draft === undefined) return err('TooLarge')
      try {
        await drop(await send('PUT', name, draft))
        return ok({ bytes: draft.bytes })
      } finally {
        await rm(draft.path, { force: true })
      }
    },
    async open(name) {
      const response = await send('GET', name)
      if (response.status !== 404) return response.body ?? undefined
      await drop(response)
      return undefined
    },
    async remove(name) {
      await drop(await send('DELETE', name))
    },
    spool: spoolInto(settings.spoolDirectory),
  }
}

interface Order {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly name: string
  readonly draft: Draft | undefined
}

/** All three may be repeated. @returns an answer of success, or 404 to what is not there; rejects with what the store says otherwise */
async function sendRetried(settings: S3Settings, nowMs: () => number, order: Order): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await sendOnce(settings, nowMs, order).catch((error: unknown) => error as Error)
    if (!(outcome instanceof Error) && (outcome.ok || (outcome.status === 404 && order.method !== 'PUT'))) return outcome
    const isPassing = outcome instanceof Error || outcome.status >= 500 || outcome.status === 429
    const problem = outcome instanceof Error ? outcome.message : `${outcome.status} ${codeOf(await outcome.text())}`
    if (!isPassing || attempt >= ATTEMPTS) throw new Error(`the S3 store: ${order.method} ${order.name}: ${problem}`)
    await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1))
  }
}

async function sendOnce(settings: S3Settings, nowMs: () => number, { method, name, draft }: Order): Promise<Response> {
  const { endpoint, bucket, prefix } = settings
  const path = [bucket, ...prefix.split('/'), ...name.split('/')].filter((segment) => segment !== '').map(encodeURIComponent)
  const url = new URL(path.join('/'), `${endpoint.replace(/\/+$/, '')}/`)
  const headers = signRequest(settings, { method, url, headers: {}, payloadHash: draft?.hash ?? EMPTY_PAYLOAD_HASH, atMs: nowMs() })
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Error('no answer in time')), ANSWER_LIMIT_MS + (draft?.bytes ?? 0) / BYTES_PER_MS)
  try {
    const body = draft === undefined ? {} : { body: await openAsBlob(draft.path) }
    // Whoever answers for the bucket answers himself: a redirect would take the signature elsewhere.
    return await fetch(url, { method, headers, redirect: 'error', signal: silence.signal, ...body })
  } finally {
    clearTimeout(timer)
  }
}

/** @returns undefined when there is more than allowed. */
async function spool(directory: string, content: AsyncIterable<Uint8Array | string>, maxBytes: number): Promise<Draft | undefined> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, newId())
  const file = await open(path, 'wx', 0o600)
  let isWhole = false
  try {
    const copied = await copyInto(file, content, maxBytes)
    isWhole = copied !== undefined
    return copied === undefined ? undefined : { path, ...copied }
  } finally {
    await file.close()
    if (!isWhole) await rm(path, { force: true })
  }
}

async function copyInto(file: FileHandle, content: AsyncIterable<Uint8Array | string>, maxBytes: number): Promise<Omit<Draft, 'path'> | undefined> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of content) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    hash.update(chunk)
    await file.writeFile(chunk)
  }
  return { bytes, hash: hash.digest('hex') }
}

/** What the store calls the failure. */
function codeOf(body: string): string {
  return /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(body.slice(0, MAX_PROBLEM_CHARACTERS))?.[1] ?? ''
}

/** So that the connection is free again. */
async function drop(response: Response): Promise<void> {
  await response.body?.cancel()
}
