import { readFileSync } from 'node:fs'
import type { TlsOptions } from '../src/index.ts'

const read = (name: string): string => readFileSync(new URL(`vectors/tls/${name}`, import.meta.url), 'utf8')

/** Who vouches for the others. */
export const AUTHORITY = read('authority.pem')
/** For sip.example.com and 127.0.0.1. */
export const TLS_SERVER: TlsOptions = { key: read('server.key.pem'), cert: read('server.pem') }
/** For client.example.com; believes the authority. */
export const TLS_CLIENT: TlsOptions = { key: read('client.key.pem'), cert: read('client.pem'), ca: AUTHORITY }
/** For sip.example.com, until April 2024. */
export const TLS_EXPIRED: TlsOptions = { key: read('expired.key.pem'), cert: read('expired.pem') }
