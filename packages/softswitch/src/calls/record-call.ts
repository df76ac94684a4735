import { newUuid, type Timer } from '@dialtone/foundation'
import type { MediaEvent, MediaSession, MediaSide } from '@dialtone/media'
import type { CallCommandResult, RecordAction } from '../ports/call-door.ts'
import type { NewRecording } from '../ports/call-recorder.ts'
import { prompt } from '../services/phrase.ts'
import { announceToBoth, beepToBoth } from './announce-to-both.ts'
import type { CallContext } from './call-context.ts'
import { mediaSide } from './perform-media.ts'
import { accountOfKeys, isFromPsap, recordingRule } from './recording-rule.ts'
import type { CallSide } from './state/call-event.ts'
import { viewAt } from './state/call-state.ts'
import type { AccountView, CallState } from './state/call-state.ts'
import { partyOf } from './state/transfer-state.ts'

/** A call that goes on longer is recorded so far. */
const MAX_RECORDING_MS = 4 * 3_600_000
/** 47 CFR 64.501(b)(3). */
const BEEP_EVERY_MS = 15_000
const SIDES: readonly MediaSide[] = ['a', 'b']

/** Where a side has pressed a star, and when. */
export interface PressedStar {
  readonly side: CallSide
  readonly atMs: number
}

/** One account's recording of a call; while it is paused, it is silent. */
interface KeptRecording {
  readonly recordingId: string
  readonly accountId: string
  readonly isPaused: boolean
}

/** What is being done about recording a call: looked at when two parties talk first, and when somebody starts or stops it. */
export class CallRecording {
  /** Sides that are recorded still. */
  readonly #open = new Set<MediaSide>()
  #kept: readonly KeptRecording[] = []
  /** Sides are tapped anew for every recording that begins, so that both begin at the same moment in it. */
  #tap = 0
  /** Who talks is being told. */
  isAnnouncing = false
  /** The first of the two keys that start and stop it. */
  star: PressedStar | undefined
  #beep: Timer | undefined
  readonly #keySides = new Set<CallSide>()
  #seen: Pick<CallState, 'winnerId' | 'transfer'> | undefined

  holdsKeysOf(side: CallSide): boolean {
    return this.#keySides.has(side)
  }

  /** Whoever talks now and may press keys for the recording: the other party shall not hear them. */
  followKeys(call: CallContext): void {
    const { state, session } = call
    if (session === undefined || (this.#seen?.winnerId === state.winnerId && this.#seen?.transfer === state.transfer)) return
    this.#seen = state
    for (const side of ['caller', 'callee'] satisfies CallSide[]) {
      const isHeld = accountOfKeys(call, side) !== undefined
      if (isHeld) this.#keySides.add(side)
      else this.#keySides.delete(side)
      session.holdKeys(mediaSide(side), isHeld)
    }
  }

  of(accountId: string): KeptRecording | undefined {
    return this.#kept.find((one) => one.accountId === accountId)
  }

  begin(call: CallContext, session: MediaSession, recordings: readonly NewRecording[]): void {
    const { recorder } = call.needs
    if (recorder === undefined) return
    this.#kept = [...this.#kept, ...recordings.map(({ recordingId, accountId }) => ({ recordingId, accountId, isPaused: false }))]
    for (const recording of recordings) recorder.begin(recording)
    this.#tap++
    for (const side of SIDES) {
      this.#open.add(side)
      const order = { recordingId: this.#nameOf(call, side), maxDurationMs: MAX_RECORDING_MS }
      session.record(side, order, (pcm) => {
        for (const { recordingId, isPaused } of this.#kept) recorder.write(recordingId, side, isPaused ? new Uint8Array(pcm.length) : pcm)
      })
    }
  }

  /** Both hear every 15 s that they are recorded. */
  beep(call: CallContext, session: MediaSession): void {
    this.#beep?.cancel()
    this.#beep = call.needs.timers.start(BEEP_EVERY_MS, () => {
      if (this.#kept.length === 0 || call.state.phase !== 'talking') return
      if (!this.isAnnouncing && this.#kept.some(({ isPaused }) => !isPaused)) void told(call, this, beepToBoth(call, session, 1))
      this.beep(call, session)
    })
  }

  pause(accountId: string, isPaused: boolean): void {
    this.#kept = this.#kept.map((one) => (one.accountId === accountId ? { ...one, isPaused } : one))
  }

  /** What was said until now is kept. */
  end(call: CallContext, session: MediaSession, accountId: string): void {
    const ended = this.of(accountId)
    if (ended === undefined) return
    this.#kept = this.#kept.filter((one) => one !== ended)
    call.needs.recorder?.end(ended.recordingId)
    if (this.#kept.length > 0) return
    this.#beep?.cancel()
    for (const side of SIDES) session.stopRecording(side)
  }

  /** One side of it may go silent, or speak what cannot be decoded: the other one is recorded all the same. */
  hear(call: CallContext, { side, recordingId }: Extract<MediaEvent, { type: 'recorded' }>): void {
    if (recordingId !== this.#nameOf(call, side) || !this.#open.delete(side) || this.#open.size > 0) return
    const kept = this.#kept
    this.#kept = []
    this.#beep?.cancel()
    for (const { recordingId: id } of kept) call.needs.recorder?.end(id)
  }

  #nameOf({ state }: CallContext, side: MediaSide): string {
    return `${state.sessionId}:${this.#tap}:${side}`
  }
}

/**
 * Called after every event of a call: once two parties talk it is decided whether they are recorded, by the settings of each account they belong
 * to. Calls for help and back never are (47 CFR 9.11 asks for nothing of the kind, and nothing may stand between a caller and a PSAP), nor those a
 * service of the platform speaks in.
 */
export function followRecording(call: CallContext): void {
  const { state, session, needs } = call
  if (call.recording !== undefined) return call.recording.followKeys(call)
  if (needs.recorder === undefined || session === undefined || !isTalking(state)) return undefined
  call.recording = new CallRecording()
  call.recording.followKeys(call)
  if (state.emergency !== undefined || isFromPsap(call)) return undefined
  const parts = state.accounts.filter((account) => account === viewAt(state.accounts, account.accountId))
  const wanted = parts.flatMap((account) => wantedBy(call, account) ?? [])
  if (wanted.length === 0) return undefined
  const recordings = wanted.map(({ account }) => newRecording(call, account))
  return beginWith(
    call,
    session,
    recordings,
    wanted.some(({ announces }) => announces),
  )
}

/** Begins when both were told, where they are to be. */
function beginWith(call: CallContext, session: MediaSession, recordings: readonly NewRecording[], isTold: boolean): void {
  const { recording } = call
  if (!isTold || recording === undefined) return begin(call, session, recordings)
  void told(call, recording, announced(call, session, 'call-recorded')).then((isDone) => {
    if (isDone && call.state.phase === 'talking') begin(call, session, recordings)
    else if (!isDone) call.dispatch({ type: 'recording', code: 'NotAnnounced', reason: 'nobody could be told: the media cannot be mixed' })
  })
}

/** Nothing else is begun with the recording meanwhile. */
async function told({ needs, state }: CallContext, recording: CallRecording, announcement: Promise<boolean>): Promise<boolean> {
  recording.isAnnouncing = true
  const isDone = await announcement.catch((error: unknown) => {
    needs.logger.error('an announcement failed', { sessionId: state.sessionId, error: String(error) })
    return false
  })
  recording.isAnnouncing = false
  return isDone
}

/**
 * Somebody of an account starts, pauses, resumes or ends its recording of a call that goes on. It begins as every other does, when both were told; calls for
 * help and back are not touched.
 */
export function recordOnDemand(
  call: CallContext,
  accountId: string,
  action: RecordAction,
  options: { readonly announcesPause?: boolean } = {},
): CallCommandResult {
  const { state, session, needs } = call
  const account = state.accounts.find((one) => one.accountId === accountId && one.ended === undefined)
  if (account === undefined || state.phase === 'over') return 'NoSuchCall'
  if (state.emergency !== undefined || isFromPsap(call)) return 'EmergencyCall'
  if (needs.recorder === undefined) return 'RecordingNotAvailable'
  if (session === undefined || call.recording === undefined || call.recording.isAnnouncing || !isTalking(state)) return 'CallBusy'
  const { recording } = call
  const kept = recording.of(accountId)
  const announces = needs.directory.snapshotOf(accountId)?.services.recording?.announces ?? true
  if (action === 'START') {
    if (kept !== undefined) return 'CallBusy'
    if (recordingRule(call, account)?.rule === 'NEVER') return 'RecordingNotAllowed'
    beginWith(call, session, [newRecording(call, account)], announces)
    return 'done'
  }
  if (kept === undefined) return 'NotRecorded'
  if (action === 'STOP') {
    recording.end(call, session, accountId)
    if (announces) void told(call, recording, announced(call, session, 'call-not-recorded'))
  } else {
    recording.pause(accountId, action === 'PAUSE')
    if (options.announcesPause === true) void told(call, recording, beepToBoth(call, session, action === 'PAUSE' ? 2 : 1))
  }
  const code = ({ STOP: 'Stopped', PAUSE: 'Paused', RESUME: 'Resumed' } as const)[action]
  call.dispatch({ type: 'recording', code, name: kept.recordingId, reason: `wanted by account ${accountId}` })
  return 'done'
}

function isTalking({ phase, callerLeg, winnerId, joins }: CallState): boolean {
  return phase === 'talking' && callerLeg === 'answered' && winnerId !== undefined && joins === undefined
}

function wantedBy(call: CallContext, account: AccountView): { readonly account: AccountView; readonly announces: boolean } | undefined {
  const wanted = account.ended === undefined ? recordingRule(call, account) : undefined
  return wanted?.rule === 'ALWAYS' ? { account, announces: wanted.policy.announces } : undefined
}

function newRecording(call: CallContext, { partitionId, accountId, recordId, calledNumber }: AccountView): NewRecording {
  const { state, needs } = call
  const callingNumber = partyOf(state, 'caller')?.identity.number ?? state.origin.number
  const { sessionId } = state
  return { recordingId: newUuid(), sessionId, partitionId, accountId, callRecordId: recordId, startedAtMs: needs.clock.nowMs(), callingNumber, calledNumber }
}

function begin(call: CallContext, session: MediaSession, recordings: readonly NewRecording[]): void {
  call.recording?.begin(call, session, recordings)
  const beeps = recordings.some(({ accountId }) => call.needs.directory.snapshotOf(accountId)?.services.recording?.beeps === true)
  if (beeps) call.recording?.beep(call, session)
  for (const { recordingId, accountId } of recordings)
    call.dispatch({ type: 'recording', code: 'Started', name: recordingId, reason: `wanted by account ${accountId}` })
}

/** Both hear that they will be recorded, or are not any more, and each other meanwhile. @returns false when they cannot be told */
function announced(call: CallContext, session: MediaSession, promptId: 'call-recorded' | 'call-not-recorded'): Promise<boolean> {
  const { accountId = '', partitionId = '' } = call.state.accounts[0] ?? {}
  return announceToBoth(call, session, { phrases: [prompt(promptId)], account: { accountId, partitionId }, part: { kind: 'talk' } })
}
