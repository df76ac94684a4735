/** How a supervisor takes part in a call: unheard, heard by the own party alone, or by both. */
export type SupervisionMode = 'LISTEN' | 'WHISPER' | 'BARGE'

/** Whether calls of an account may be listened to. Those who talk are always told: by words before it begins, or by a tone before and during it. */
export interface RoutingSupervision {
  readonly modes: readonly SupervisionMode[]
  readonly notice: 'PROMPT' | 'TONE'
}

/** What a supervisor's phone is connected with, as a reference: only the switch itself makes one. */
export interface SupervisedCall {
  readonly sessionId: string
  readonly mode: SupervisionMode
  /** Whom the supervisor speaks to with WHISPER. */
  readonly side: 'caller' | 'callee'
}

const REFERENCE = /^(LISTEN|WHISPER|BARGE)\/(caller|callee)\/([\w-]{1,64})$/

export function supervisionTarget({ mode, side, sessionId }: SupervisedCall): { readonly referenceType: 'LIVE_CALL'; readonly referenceId: string } {
  return { referenceType: 'LIVE_CALL', referenceId: `${mode}/${side}/${sessionId}` }
}

export function readSupervisionTarget(referenceId: string): SupervisedCall | undefined {
  const [, mode, side, sessionId] = REFERENCE.exec(referenceId) ?? []
  if (mode === undefined || side === undefined || sessionId === undefined) return undefined
  return { mode: mode as SupervisionMode, side: side as SupervisedCall['side'], sessionId }
}
