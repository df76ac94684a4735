import type { MediaSource } from '@dialtone/media'
import type { IncomingInvite } from '@dialtone/sip'
import { openMedia, SandboxCall } from './sandbox-call.ts'
import { MOST_CALLS, type SandboxNeeds } from './sandbox-needs.ts'

export interface AnswerPlan {
  readonly source: MediaSource
  readonly earlyMedia?: { readonly source: MediaSource; readonly durationMs: number }
  readonly hangUpAfterMs?: number
}

/** Rings and answers a call, and plays into it until it ends. */
export async function answerCall(needs: SandboxNeeds, invite: IncomingInvite, plan: AnswerPlan): Promise<void> {
  if (needs.calls.size >= MOST_CALLS) return invite.reject(503)
  const call = new SandboxCall(needs, invite.leg)
  if (plan.earlyMedia === undefined) invite.progress(180)
  const opened = await openMedia(needs, call)
  if (call.ended) return
  if (!opened) return refuse(call, invite, 503)
  const description = call.describe(invite.offered ?? '')
  if (!description.ok) return refuse(call, invite, 488)
  const answer = (): void => {
    invite.answer({ body: description.value })
    call.play(plan.source)
    if (plan.hangUpAfterMs !== undefined) call.after(plan.hangUpAfterMs, () => call.hangUp())
  }
  if (plan.earlyMedia === undefined) return answer()
  invite.progress(183, { body: description.value })
  call.play(plan.earlyMedia.source)
  call.after(plan.earlyMedia.durationMs, answer)
}

/** Rings until the caller gives up. */
export function ringForever(needs: SandboxNeeds, invite: IncomingInvite): void {
  if (needs.calls.size >= MOST_CALLS) return invite.reject(503)
  const call = new SandboxCall(needs, invite.leg)
  if (!call.ended) invite.progress(180)
}

function refuse(call: SandboxCall, invite: IncomingInvite, statusCode: number): void {
  invite.reject(statusCode)
  call.end()
}
