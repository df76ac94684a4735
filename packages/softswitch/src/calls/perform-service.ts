import { type CallerIdentity, isStaffed } from '@dialtone/call-routing'
import { CALL_PROGRESS_TONES, type MediaSession } from '@dialtone/media'
import { programOf } from '../services/program-of.ts'
import type { ServiceEnd } from '../services/service-program.ts'
import { ServiceRun } from '../services/service-run.ts'
import { prompt } from '../services/phrase.ts'
import { announceToBoth } from './announce-to-both.ts'
import { beginPage } from './begin-page.ts'
import type { CallContext } from './call-context.ts'
import { describeToParty } from './describe-to-party.ts'
import { acceptFax, faxFactsOf, isFaxFor, offerFax } from './perform-fax.ts'
import { sendFax } from './perform-fax-call.ts'
import { languageForCaller } from './language-of.ts'
import { mediaTermsOf } from './media-terms-of.ts'
import { mediaSide, offerOfOwnEnd, signalledFrom } from './perform-media.ts'
import { playHoldMusic } from './play-hold-music.ts'
import { performTransferEffect } from './perform-transfer-effect.ts'
import { shownParty } from './shown-party.ts'
import type { ServiceEffect, TransferEffect } from './state/call-effect.ts'
import { viewAt } from './state/call-state.ts'
import type { ServiceView } from './state/service-state.ts'

type Of<Type extends ServiceEffect['type']> = Extract<ServiceEffect, { type: Type }>

/** The part of `performEffect` that is about the platform's own end, and about transfers. */
export function performServiceEffect(call: CallContext, effect: ServiceEffect | TransferEffect): void {
  switch (effect.type) {
    case 'answerOwnEnd':
      return answerOwnEnd(call)
    case 'progressOwnEnd':
      return progressOwnEnd(call)
    case 'acceptOwnEnd':
      return acceptOwnEnd(call, effect)
    case 'startService':
      return startService(call, effect)
    case 'keyForService':
      return call.service?.key(effect.key)
    case 'tellService':
      return call.service?.rung(effect.outcome)
    case 'tellServiceOfMix':
      return call.service?.attended(effect.mixId)
    case 'offerFax':
      return offerFax(call)
    case 'acceptFax':
      return acceptFax(call, effect.sdp)
    case 'sendFax':
      return sendFax(call, effect.sdp)
    case 'tellServiceOfFax':
      return tellOfFax(call, effect)
    case 'stopService':
      return call.service?.stop()
    case 'announceLimit':
      return announceLimit(call, effect)
    case 'playHoldMusic':
      return playHoldMusic(call, effect)
    case 'playOwnRingback':
      return call.session?.play('a', { kind: 'tone', ...CALL_PROGRESS_TONES.ringback })
    default:
      return performTransferEffect(call, effect)
  }
}

function tellOfFax({ service, sending }: CallContext, { refusedWith }: Of<'tellServiceOfFax'>): void {
  if (refusedWith === undefined) {
    sending?.agreed()
    return service?.faxAgreed()
  }
  sending?.refused(refusedWith)
  return service?.faxRefused(refusedWith)
}

function answerOwnEnd(call: CallContext): void {
  const { session, state } = call
  if (session === undefined) return call.dispatch({ type: 'mediaRefused', code: 'EngineStopped' })
  const { offer } = state
  const takesFax = offer !== undefined && isFaxFor(call, offer)
  const answered = offer === undefined ? undefined : takesFax ? answerWithFax(call, session, offer) : answerWithSpeech(call, session, offer)
  if (answered?.ok === false) return call.dispatch({ type: 'mediaRefused', code: answered.error.code })
  // RFC 3261 13.2.1: without an offer the 200 has ours, and the ACK the answer.
  call.caller?.answer({ body: describeToParty(call, 'caller', answered?.value ?? offerOfOwnEnd(call, session, 'caller')) })
  if (takesFax) call.dispatch({ type: 'faxAgreed' })
  return call.dispatch({ type: 'ownEndOpened', isAnswered: true })
}

function progressOwnEnd(call: CallContext): void {
  const answered = call.session?.answerLocally('a', call.state.offer ?? '', mediaTermsOf(call, 'caller'), signalledFrom(call, 'caller'))
  if (answered?.ok !== true) return call.dispatch({ type: 'mediaRefused', code: answered?.error.code ?? 'EngineStopped' })
  call.caller?.progress(183, { body: describeToParty(call, 'caller', answered.value) })
  return call.dispatch({ type: 'ownEndOpened', isAnswered: false })
}

function acceptOwnEnd(call: CallContext, { sdp }: Of<'acceptOwnEnd'>): void {
  const accepted = call.session?.acceptLocally('a', sdp, mediaTermsOf(call, 'caller'), signalledFrom(call, 'caller'))
  if (accepted?.ok !== true) call.dispatch({ type: 'mediaRefused', code: accepted?.error.code ?? 'EngineStopped' })
}

function startService(call: CallContext, { service }: Of<'startService'>): void {
  const { session, needs, state } = call
  const account = viewAt(state.accounts, state.question.accountId)
  if (session === undefined || needs.services === undefined || account === undefined) return call.dispatch({ type: 'hangup', code: 'EngineStopped' })
  const program = programOf(service, () => listenerOf(call, service), needs.directory.snapshotOf(account.accountId)?.services)
  const run = new ServiceRun(program, {
    session,
    desk: needs.services,
    tenant: { partitionId: account.partitionId, accountId: account.accountId },
    language: languageForCaller(state, needs.directory.snapshotOf(account.accountId)),
    queues: needs.queues,
    isStaffed: (queueId) => {
      const queue = needs.directory.snapshotOf(account.accountId)?.services.queues.get(queueId)
      return queue !== undefined && isStaffed(queue)
    },
    rooms: needs.rooms,
    timers: needs.timers,
    logger: needs.logger,
    ring: (to, timeoutMs) => call.dispatch({ type: 'serviceRing', to, timeoutMs }),
    attend: (toSessionId) => call.dispatch({ type: 'serviceAttends', toSessionId }),
    page: (order, told) => beginPage(call, order, told),
    sendOn: ({ sessionId, side }, dialed) => {
      const transferee = side === 'caller' ? 'callee' : 'caller'
      return call.others.sendOn({ sessionId, accountId: account.accountId, transferee, dialed }).result === 'done'
    },
    fax: {
      isAgreed: () => call.state.fax?.isAgreed === true,
      offer: () => call.dispatch({ type: 'faxWanted' }),
      received: (result) => call.dispatch({ type: 'faxReceived', ...faxFactsOf(result) }),
    },
    ended: (end) => call.dispatch({ type: 'serviceEnded', ...endOf(end) }),
  })
  call.service = run
  run.start()
  if (service.failure !== undefined && service.order.kind === 'announcement') call.dispatch({ type: 'announced', name: service.order.promptId, code: 'Told' })
}

/** Who hears the program: somebody who was transferred to it is who he is, whoever has sent him or had his place before. */
function listenerOf({ needs, state }: CallContext, service: ServiceView): CallerIdentity {
  const { guests, origin } = state.transfer
  const party = origin?.isClickToCall === true ? undefined : (guests.caller?.party ?? origin?.transferee)
  return party === undefined ? service.caller : shownParty(needs, party).identity
}

function answerWithSpeech(call: CallContext, session: MediaSession, offer: string) {
  return session.answerLocally('a', offer, mediaTermsOf(call, 'caller'), signalledFrom(call, 'caller'))
}

function answerWithFax(call: CallContext, session: MediaSession, offer: string) {
  return session.fax.answer('a', offer, mediaTermsOf(call, 'caller'), signalledFrom(call, 'caller'))
}

function endOf(end: ServiceEnd) {
  if (end.kind === 'go') return { to: end.to }
  return end.kind === 'hangup' && end.code !== undefined ? { code: end.code } : {}
}

/** Nobody talks on unheard: what is said last, is all that is heard. */
function announceLimit(call: CallContext, { promptId, accountId, endsInMs, to }: Of<'announceLimit'>): void {
  const { session, needs, state } = call
  const partitionId = needs.directory.snapshotOf(accountId)?.partitionId
  if (session === undefined || partitionId === undefined) return
  const part = { kind: endsInMs === undefined ? 'talk' : 'absent' } as const
  announceToBoth(call, session, {
    phrases: [prompt(promptId)],
    account: { accountId, partitionId },
    part,
    endsInMs,
    to: to === undefined ? undefined : mediaSide(to),
    // Said now: the call may be over with the last word, and nothing is told of it any more.
    onBegun: () => call.dispatch({ type: 'announced', name: promptId, code: 'Told' }),
  }).then(
    (isTold) => (isTold ? undefined : call.dispatch({ type: 'announced', name: promptId, code: 'NotTold' })),
    (error: unknown) => needs.logger.error('an announcement failed', { sessionId: state.sessionId, error: String(error) }),
  )
}
