import { mayPickUpLine } from '@dialtone/call-routing'
import { newUuid, TurnoverMap } from '@dialtone/foundation'
import type { MediaReport } from '@dialtone/media'
import type { IncomingInvite, SipLeg } from '@dialtone/sip'
import { isEmergencyDialed } from '../emergency/is-emergency-dialed.ts'
import { CallShelf } from '../explanation/call-shelf.ts'
import { describeCall, describeRefusal } from '../explanation/describe-call.ts'
import type { CallCommandResult, RecordOrder, TransferOrder, TransferResult } from '../ports/call-door.ts'
import type { CallRecord } from '../ports/call-record.ts'
import type { DescribedCall, RecentCall, RefusedInvite } from '../ports/described-call.ts'
import { callFailure, reasonOf } from './call-failure.ts'
import type { CallNeeds, OtherCalls } from './call-context.ts'
import { runCall } from './call-runner.ts'
import type { RunningCall } from './call-runner.ts'
import { refusalOf } from './ask-routing.ts'
import { transferByOperator } from './transfer-by-operator.ts'
import type { CallAccount, CallEvent, CallOrigin } from './state/call-event.ts'
import type { CallState } from './state/call-state.ts'
import { isInCall } from './state/is-in-call.ts'
import type { Leaving } from './state/is-in-call.ts'
import { joinRefusal, mixRefusal } from './state/mix-state.ts'
import type { Party } from './state/transfer-state.ts'

/** RFC 3261 8.1.1.6. */
const DEFAULT_MAX_FORWARDS = 70

/** Option tags of what calls do beyond their SIP stack: for its `extensions` (RFC 3911 3: who mixes says so in Supported). */
export const CALL_OPTIONS: readonly string[] = ['join']

type Started = Extract<CallEvent, { type: 'started' }>

/** Every call that is not over yet, and the traces of the last ones. */
export class CallDesk {
  readonly #needs: CallNeeds
  readonly #calls = new TurnoverMap<string, RunningCall>()
  readonly #unfinished = new Set<string>()
  /** Whose records are not closed yet. */
  readonly #open = new TurnoverMap<string, RunningCall>()
  readonly #shelf = new CallShelf()
  #idle: (() => void)[] = []
  readonly #others: OtherCalls = {
    tell: (sessionId, message) => {
      const call = this.#calls.get(sessionId)
      call?.dispatch(message)
      return call !== undefined
    },
    handOver: (toSessionId, arrival, joined) => {
      const call = this.#calls.get(toSessionId)
      call?.arrive(arrival, joined)
      return call !== undefined
    },
    locate: (leg) => {
      const found = this.#find(leg)
      return found === undefined || found.place.ringingLegId !== undefined ? undefined : { sessionId: found.sessionId, side: found.place.side }
    },
    receive: (toSessionId, newcomer, eventFor) => {
      const call = this.#calls.get(toSessionId)
      call?.receive(newcomer, eventFor(call.state))
      return call !== undefined
    },
    sendOn: (order) => this.transfer(order),
    begin: (event) => this.#begin(undefined, event, DEFAULT_MAX_FORWARDS - (event.transfer?.depth ?? 0)),
  }
  started = 0
  answered = 0

  constructor(needs: CallNeeds) {
    this.#needs = needs
  }

  /** An INVITE that was let in: a new call, or a place in one that exists. */
  receive(invite: IncomingInvite, event: Started): void {
    // Who asks for help gets help, whatever else the INVITE wants, and however many hops it took (C-58).
    if (isEmergencyDialed(event.origin.dialed)) return this.#begin(invite, event, DEFAULT_MAX_FORWARDS)
    if (invite.maxBreadth === 0) return this.#refuse(invite, event, 'MaxBreadthExceeded')
    if (invite.replaces !== undefined) return this.#replace(invite, invite.replaces, event)
    if (invite.join !== undefined) return this.#join(invite, invite.join, event)
    return this.#begin(invite, event, invite.request.maxForwards ?? DEFAULT_MAX_FORWARDS)
  }

  #begin(invite: IncomingInvite | undefined, event: Started, forwards: number): void {
    const { sessionId } = event
    this.started++
    this.#unfinished.add(sessionId)
    let disposed = false
    const call = runCall(this.#needs, this.#others, {
      invite,
      event,
      maxForwards: Math.max(0, Math.min(DEFAULT_MAX_FORWARDS, forwards) - 1),
      onDisposed: () => {
        disposed = true
        this.#forget(sessionId)
      },
      onFinished: (answered, mediaReport) => this.#finished(sessionId, answered, mediaReport),
    })
    this.#open.set(sessionId, call)
    // A call that was refused at once is over before it could be put down.
    if (!disposed) this.#calls.set(sessionId, call)
    else this.#tellIdle()
  }

  /** RFC 3891 3. Who may take which place the call decides; what is no leg of ours, or of somebody else's, does not exist. */
  #replace(invite: IncomingInvite, replaced: NonNullable<IncomingInvite['replaces']>, event: Started): void {
    const { origin, account, offer, sipCallId } = event
    const leg = this.#needs.sip.findLeg(replaced)
    const found = leg === undefined || origin.kind !== 'line' ? undefined : this.#find(leg)
    if (found === undefined || origin.kind !== 'line') return this.#refuse(invite, event, 'NoSuchDialog')
    if (replaced.earlyOnly && found.place.ringingLegId === undefined) return this.#refuse(invite, event, 'AnsweredAlready')
    // The other side has been asked what it can do; to ask the new party as well would take two offers at a time.
    if (offer === undefined) return this.#refuse(invite, event, 'BadSessionDescription')
    const party = partyOfLine(origin, account)
    const { side, ringingLegId } = found.place
    if (ringingLegId !== undefined) {
      if (!this.#mayPickUp(found.call.state, ringingLegId, party)) return this.#refuse(invite, event, 'PickupNotAllowed')
      return found.call.receive(invite, { type: 'pickupAsked', legId: ringingLegId, party, sdp: offer, sipCallId })
    }
    return found.call.receive(invite, { type: 'takeoverAsked', side, party, sdp: offer, sipCallId })
  }

  /** What rings is picked up by this INVITE as by a code. Of other accounts the call itself knows nothing: that is asked there. */
  #mayPickUp({ legs, question }: CallState, legId: string, { accountId, lineId = '' }: Party): boolean {
    const ringing = legs.find(({ id }) => id === legId)?.plan.lineId
    const snapshot = accountId === question.accountId ? this.#needs.directory.snapshotOf(accountId) : undefined
    return snapshot === undefined || ringing === undefined || mayPickUpLine(snapshot, lineId, ringing)
  }

  /** RFC 3911 4: the stack has refused what matches no answered leg of ours; of another tenant's it has to look the same. */
  #join(invite: IncomingInvite, joined: NonNullable<IncomingInvite['join']>, event: Started): void {
    const leg = this.#needs.sip.findLeg(joined)
    const found = leg === undefined ? undefined : this.#find(leg)
    // Who names a leg that joined a call itself means that call.
    const host = found === undefined ? undefined : this.#calls.get(found.call.state.joins ?? found.sessionId)
    if (found === undefined || host === undefined || event.origin.kind !== 'line' || found.place.ringingLegId !== undefined)
      return this.#refuse(invite, event, 'NoSuchDialog')
    const party = partyOfLine(event.origin, event.account)
    const refusal = joinRefusal(found.call.state, found.place.side, party) ?? mixRefusal(host.state)
    if (refusal !== undefined) return this.#refuse(invite, event, refusal)
    return this.#begin(invite, { ...event, joins: host.state.sessionId }, invite.request.maxForwards ?? DEFAULT_MAX_FORWARDS)
  }

  /** No call comes of it, and whoever asks why shall find it. */
  #refuse(invite: IncomingInvite, event: Started, code: string): void {
    const failure = callFailure(code)
    const { atMs, account, origin, sipCallId } = event
    const what = invite.replaces !== undefined ? 'Replaces' : invite.join !== undefined ? 'Join' : 'Max-Breadth'
    const reason = `${what}: ${failure.reasonPhrase}`
    if (origin.kind === 'line') this.noteRefusal({ atMs, accountId: account.accountId, lineId: origin.lineId, dialed: origin.dialed, sipCallId, code, reason })
    invite.reject(failure.statusCode, { reasonPhrase: failure.reasonPhrase, headers: [['Reason', reasonOf(failure)]] })
  }

  /** Transfers are rare; an index of all legs would cost every call. */
  #find(leg: SipLeg) {
    for (const call of this.#calls.values()) {
      const place = call.placeOf(leg)
      if (place !== undefined) return { sessionId: call.state.sessionId, call, place }
    }
    return undefined
  }

  get count(): number {
    return this.#calls.size
  }

  get legCount(): number {
    return this.calls.reduce((sum, call) => sum + call.legCount, 0)
  }

  get calls(): readonly RunningCall[] {
    return this.#calls.values()
  }

  /** Calls that somebody takes part in still, as they look now. */
  activeRecords(): readonly CallRecord[] {
    return this.calls.filter((call) => call.state.phase !== 'over').flatMap((call) => call.records)
  }

  /** Whether a user talks or calls at one of its phones. Looks at every call: asked of users without call waiting alone. */
  isBusy(userId: string, leaving?: Leaving): boolean {
    return this.calls.some((call) => isInCall(call.state, userId, leaving))
  }

  /** Of every call. Costs as much as there are. */
  get states(): readonly CallState[] {
    return this.calls.map((call) => call.state)
  }

  /** Of a call that is not forgotten. */
  stateOf(sessionId: string): CallState | undefined {
    return this.#calls.get(sessionId)?.state
  }

  traceOf(sessionId: string): readonly CallEvent[] | undefined {
    return this.#open.get(sessionId)?.trace ?? this.#shelf.callOf(sessionId)?.events
  }

  /** Everything that is known of a call, or of an INVITE that was refused before it became one. */
  describe(sessionId: string): DescribedCall | undefined {
    const refused = this.#shelf.refusedOf(sessionId)
    if (refused !== undefined) return describeRefusal(refused)
    const open = this.#open.get(sessionId)
    const kept =
      open === undefined ? this.#shelf.callOf(sessionId) : { events: open.trace, isCut: open.keptTrace.isFull, mediaReport: undefined, isFinished: false }
    return kept === undefined ? undefined : describeCall(kept)
  }

  /** Calls that go on, and those that are kept, with a dialog of this Call-ID. */
  sessionsWith(sipCallId: string): readonly string[] {
    const open = this.#open.values().filter(({ state }) => state.sipCallIds.includes(sipCallId))
    return [...open.map(({ state }) => state.sessionId), ...this.#shelf.sessionsWith(sipCallId)]
  }

  /** The last calls and refusals of an account. */
  recentOf(accountId: string): readonly RecentCall[] {
    return this.#shelf.recentOf(accountId)
  }

  /** An INVITE of a line that is known was refused. */
  noteRefusal(refused: Omit<RefusedInvite, 'sessionId'>): void {
    this.#shelf.refuse({ ...refused, sessionId: newUuid() })
  }

  /** An operator ends a call; nobody does that to a call for help (47 CFR 9.11). */
  hangUp(sessionId: string): CallCommandResult {
    const call = this.#calls.get(sessionId)
    if (call === undefined || call.state.phase === 'over') return 'NoSuchCall'
    if (call.state.emergency !== undefined) return 'EmergencyCall'
    call.hangUp('EndedByOperator')
    return 'done'
  }

  /** An account starts, pauses or ends its recording of a call. */
  record({ sessionId, accountId, action }: RecordOrder): CallCommandResult {
    return this.#calls.get(sessionId)?.record(accountId, action) ?? 'NoSuchCall'
  }

  /** Calls somebody for a line, its own phones first. */
  originate(event: Extract<CallEvent, { type: 'started' }>): void {
    this.#begin(undefined, event, DEFAULT_MAX_FORWARDS)
  }

  /** An operator sends a party of a call on. */
  transfer(order: TransferOrder): TransferResult {
    return transferByOperator(this.#calls.get(order.sessionId), order, (question) => refusalOf(this.#needs, question, order.sessionId))
  }

  hangUpAll(code: string): void {
    for (const call of this.calls) call.hangUp(code)
  }

  /** Resolves when no call is left and every record is closed. */
  whenIdle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  get #isIdle(): boolean {
    return this.#calls.size === 0 && this.#unfinished.size === 0
  }

  #forget(sessionId: string): void {
    this.#calls.delete(sessionId)
    this.#tellIdle()
  }

  #finished(sessionId: string, answered: boolean, mediaReport: MediaReport | undefined): void {
    if (answered) this.answered++
    const call = this.#open.get(sessionId)
    this.#open.delete(sessionId)
    if (call !== undefined) this.#shelf.put(call.state.accounts[0]?.accountId ?? '', call.keptTrace, recentOf(call.state), mediaReport)
    this.#unfinished.delete(sessionId)
    this.#tellIdle()
  }

  #tellIdle(): void {
    if (!this.#isIdle) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}

function partyOfLine(origin: Extract<CallOrigin, { kind: 'line' }>, { partitionId, accountId }: CallAccount): Party {
  const identity = { number: origin.number, name: origin.name, anonymous: false }
  return { kind: 'line', lineId: origin.lineId, userId: origin.userId, partitionId, accountId, identity }
}

function recentOf({ sessionId, startedAtMs, endedAtMs, origin, outcome }: RunningCall['state']): RecentCall {
  const { number, dialed } = origin
  const { disposition = 'IN_PROGRESS', statusCode = 0 } = outcome ?? {}
  return { sessionId, startedAtMs, endedAtMs: endedAtMs ?? startedAtMs, from: number, dialed, outcome: disposition, statusCode }
}
