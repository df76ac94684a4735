import { userOf, type IncomingInvite } from '@dialtone/sip'
import { answerCall, ringForever } from './answer-call.ts'
import { pstnBehavior } from './pstn-behavior.ts'
import type { SandboxNeeds } from './sandbox-needs.ts'

/** What the sandbox PSTN does with a call from the switch: the number says it. */
export function servePstnCall(needs: SandboxNeeds, invite: IncomingInvite): void {
  const { uri } = invite.request
  const behavior = pstnBehavior(uri === undefined ? '' : userOf(uri))
  switch (behavior.kind) {
    case 'reject':
      return invite.reject(behavior.statusCode)
    case 'ringForever':
      return ringForever(needs, invite)
    case 'answer':
      void answerCall(needs, invite, behavior)
  }
}
