import { AUTHORIZATION, PROXY_AUTHORIZATION } from '../message/header-name.ts'
import { type MessageText, placeOfId, readFields } from '../message/message-text.ts'
import { messageViewOf } from '../message/message-view-of.ts'
import type { SipRequest } from '../message/sip-message.ts'
import { type AuthParameters, readAuthParameters } from './auth-parameters.ts'
import { type DigestAlgorithm, digestAlgorithmOf } from './digest-hash.ts'

/** Digest credentials as a request carries them (RFC 7616 3.4). */
export interface ReceivedCredentials {
  readonly username: string
  readonly realm: string
  readonly nonce: string
  readonly uri: string
  /** Hex digits, lower case. */
  readonly response: string
  readonly algorithm: DigestAlgorithm
  /** undefined: without qop, as RFC 2069 did. */
  readonly qop: { readonly name: string; readonly nonceCount: string; readonly cnonce: string } | undefined
}

/** More credentials than any request needs: one for every realm it passes. */
const MAX_CREDENTIALS = 8

/**
 * The first credentials for our realm that can be checked here. Others are as good as none: another scheme (RFC 4475 3.3.7),
 * an algorithm or qop that was not offered, a hashed username (RFC 7616 3.4.4, not offered either).
 */
export function findCredentials(request: SipRequest, realm: string): ReceivedCredentials | undefined {
  const { source } = messageViewOf(request)
  return findIn(source, AUTHORIZATION, realm) ?? findIn(source, PROXY_AUTHORIZATION, realm)
}

function findIn(source: MessageText, headerId: number, realm: string): ReceivedCredentials | undefined {
  if (placeOfId(source.fields, headerId, 0) < 0) return undefined
  for (const read of readFields(source, headerId, readAuthParameters, MAX_CREDENTIALS)) {
    const credentials = credentialsOf(read)
    if (credentials?.realm === realm) return credentials
  }
  return undefined
}

function credentialsOf(read: AuthParameters | undefined): ReceivedCredentials | undefined {
  if (read?.scheme !== 'digest' || read.parameters.get('userhash')?.toLowerCase() === 'true') return undefined
  const { parameters } = read
  const username = parameters.get('username')
  const realm = parameters.get('realm')
  const nonce = parameters.get('nonce')
  const uri = parameters.get('uri')
  const response = parameters.get('response')
  const algorithm = digestAlgorithmOf(parameters.get('algorithm'))
  const qop = readQop(parameters)
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined || response === undefined) return undefined
  return algorithm === undefined || qop === 'unusable' ? undefined : { username, realm, nonce, uri, response: response.toLowerCase(), algorithm, qop }
}

function readQop(parameters: ReadonlyMap<string, string>): ReceivedCredentials['qop'] | 'unusable' {
  const name = parameters.get('qop')
  if (name === undefined) return undefined
  const nonceCount = parameters.get('nc') ?? ''
  const cnonce = parameters.get('cnonce')
  const isUsable = name.toLowerCase() === 'auth' && /^[0-9a-f]{1,8}$/i.test(nonceCount) && Number.parseInt(nonceCount, 16) > 0
  return isUsable && cnonce !== undefined ? { name, nonceCount, cnonce } : 'unusable'
}
