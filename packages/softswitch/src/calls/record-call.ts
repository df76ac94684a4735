import { newUuid } from '@dialtone/foundation'
import type { MediaEvent, MediaSession, MediaSide } from '@dialtone/media'
import type { NewRecording } from '../ports/call-recorder.ts'
import { prompt } from '../services/phrase.ts'
import { announceToBoth } from './announce-to-both.ts'
import type { CallContext } from './call-context.ts'
import type { AccountView, CallState } from './state/call-state.ts'
import { partyOf } from './state/transfer-state.ts'

/** A call that goes on longer is recorded so far. */
const MAX_RECORDING_MS = 4 * 3_600_000
const SIDES: readonly MediaSide[] = ['a', 'b']

/** What is being done about recording a call: looked at once, when two parties talk first. */
export class CallRecording {
  /** Sides that are recorded still. */
  readonly #open = new Set<MediaSide>()
  #ids: readonly string[] = []

  begin(call: CallContext, session: MediaSession, recordings: readonly NewRecording[]): void {
    const { recorder } = call.needs
    if (recorder === undefined) return
    this.#ids = recordings.map(({ recordingId }) => recordingId)
    for (const recording of recordings) recorder.begin(recording)
    for (const side of SIDES) {
      this.#open.add(side)
      const order = { recordingId: `${call.state.sessionId}:${side}`, maxDurationMs: MAX_RECORDING_MS }
      session.record(side, order, (pcm) => this.#ids.forEach((id) => recorder.write(id, side, pcm)))
    }
  }

  /** One side of it may go silent, or speak what cannot be decoded: the other one is recorded all the same. */
  hear(call: CallContext, { side, recordingId }: Extract<MediaEvent, { type: 'recorded' }>): void {
    if (recordingId !== `${call.state.sessionId}:${side}` || !this.#open.delete(side) || this.#open.size > 0) return
    for (const id of this.#ids) call.needs.recorder?.end(id)
  }
}

/**
 * Called after every event of a call: once two parties talk it is decided whether they are recorded, by the settings of each account they belong
 * to. Calls for help and back never are (47 CFR 9.11 asks for nothing of the kind, and nothing may stand between a caller and a PSAP), nor those a
 * service of the platform speaks in.
 */
export function followRecording(call: CallContext): void {
  const { state, session, needs } = call
  if (needs.recorder === undefined || call.recording !== undefined || session === undefined || !isTalking(state)) return
  call.recording = new CallRecording()
  if (state.emergency !== undefined || isFromPsap(call)) return
  const wanted = state.accounts.flatMap((account) => wantedBy(call, account) ?? [])
  if (wanted.length === 0) return
  const recordings = wanted.map(({ account }) => newRecording(call, account))
  if (wanted.every(({ announces }) => !announces)) return begin(call, session, recordings)
  void announced(call, session).then((isTold) => {
    if (isTold && call.state.phase === 'talking') begin(call, session, recordings)
    else if (!isTold) call.dispatch({ type: 'recording', code: 'NotAnnounced', reason: 'nobody could be told: the media cannot be mixed' })
  })
}

/** Somebody calls back whoever dialed 911 lately: nothing is said to a PSAP before it can speak. */
function isFromPsap({ state, needs }: CallContext): boolean {
  const nowMs = needs.clock.nowMs()
  return state.origin.kind === 'carrier' && state.accounts.some(({ calledNumber }) => needs.recentEmergencies.linesOf(calledNumber, nowMs).length > 0)
}

function isTalking({ phase, callerLeg, winnerId, joins }: CallState): boolean {
  return phase === 'talking' && callerLeg === 'answered' && winnerId !== undefined && joins === undefined
}

function wantedBy(call: CallContext, account: AccountView): { readonly account: AccountView; readonly announces: boolean } | undefined {
  const policy = call.needs.directory.snapshotOf(account.accountId)?.services.recording
  if (policy === undefined || account.ended !== undefined) return undefined
  const userIds = (['caller', 'callee'] as const)
    .map((side) => partyOf(call.state, side))
    .flatMap((party) => (party?.accountId === account.accountId ? (party.userId ?? []) : []))
  const isWanted = policy.userIds === undefined || userIds.some((userId) => policy.userIds?.includes(userId) === true)
  return isWanted ? { account, announces: policy.announces } : undefined
}

function newRecording(call: CallContext, { partitionId, accountId, recordId, calledNumber }: AccountView): NewRecording {
  const { state, needs } = call
  const callingNumber = partyOf(state, 'caller')?.identity.number ?? state.origin.number
  const { sessionId } = state
  return { recordingId: newUuid(), sessionId, partitionId, accountId, callRecordId: recordId, startedAtMs: needs.clock.nowMs(), callingNumber, calledNumber }
}

function begin(call: CallContext, session: MediaSession, recordings: readonly NewRecording[]): void {
  call.recording?.begin(call, session, recordings)
  for (const { recordingId, accountId } of recordings)
    call.dispatch({ type: 'recording', code: 'Started', name: recordingId, reason: `wanted by account ${accountId}` })
}

/** Both hear that they will be recorded, and each other meanwhile. @returns false when they cannot be told */
function announced(call: CallContext, session: MediaSession): Promise<boolean> {
  const { accountId = '', partitionId = '' } = call.state.accounts[0] ?? {}
  return announceToBoth(call, session, { phrases: [prompt('call-recorded')], account: { accountId, partitionId }, part: { kind: 'talk' } })
}
