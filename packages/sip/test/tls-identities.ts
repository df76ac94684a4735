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
/** Who vouches for the others that follow, or is said to. */
export const CHAIN_AUTHORITY = read('chain-authority.pem')
/** For chained.example.com, by an intermediate authority that it shows too. */
export const TLS_CHAINED: TlsOptions = { key: read('chained.key.pem'), cert: read('chained.pem'), ca: CHAIN_AUTHORITY }
/** For bank.example.com, signed with the key of plain.example.com, whose certificate it shows: that of no authority. */
export const TLS_MISISSUED: TlsOptions = { key: read('misissued.key.pem'), cert: read('misissued.pem'), ca: CHAIN_AUTHORITY }
/** For bank.example.com, with the name of the intermediate authority below it, though somebody else's signature. */
export const TLS_FORGED: TlsOptions = { key: read('forged.key.pem'), cert: read('forged.pem'), ca: CHAIN_AUTHORITY }
/** For sip:uri.example.com and no DNS name. */
export const TLS_URI_ONLY: TlsOptions = { key: read('uri-only.key.pem'), cert: read('uri-only.pem'), ca: CHAIN_AUTHORITY }
