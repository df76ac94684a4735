import type { Clock } from '@dialtone/foundation'
import type { Header, SipRequest, SipResponse } from '../message/index.ts'

export type DigestAlgorithm = 'MD5' | 'SHA-256'
export interface DigestCredentials {
  readonly ha1: { readonly MD5: string; readonly 'SHA-256': string }
}
export declare function computeHa1(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string
export declare class DigestAuthenticator {
  constructor(o: { realm: string; clock: Clock; secret: Buffer; nonceLifetimeMs?: number; maxNonces?: number })
  challenge(o?: { stale?: boolean; proxy?: boolean }): Header[]
  identify(request: SipRequest): { username: string; realm: string } | undefined
  verify(request: SipRequest, credentials: DigestCredentials | undefined): 'accepted' | 'rejected' | 'stale' | 'missing'
}
export declare function answerChallenge(o: {
  response: SipResponse
  method: string
  uri: string
  username: string
  password: string
  cnonce: string
  nonceCount: number
}): Header | undefined
