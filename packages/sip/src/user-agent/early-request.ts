import type { SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { DIALOG_ALLOW, isKnownMethod } from './allowed-methods.ts'
import { SESSION_DESCRIPTION_TYPE } from './session-body.ts'
import type { UserAgent } from './user-agent.ts'

/** Answers what comes in an early dialog and has no business there. */
export function answerEarlyRequest(userAgent: UserAgent, request: SipRequest, source: RemoteAddress): void {
  switch (request.method) {
    case 'OPTIONS':
      return userAgent.reply(request, source, 200, { headers: [DIALOG_ALLOW, ['Accept', SESSION_DESCRIPTION_TYPE]] })
    case 'BYE':
    case 'INFO':
    case 'NOTIFY':
      return userAgent.reply(request, source, 481)
    default:
      return userAgent.reply(request, source, isKnownMethod(request.method) ? 405 : 501, { headers: [DIALOG_ALLOW] })
  }
}
