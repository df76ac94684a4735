import type { SipResponse } from '../src/message/index.ts'
import { createRequest, createResponse } from '../src/message/index.ts'
import type { OutgoingResponse, TransactionEffect, TransactionOptions, Transition } from '../src/transaction/index.ts'

export const UNRELIABLE: TransactionOptions = { reliable: false, timing: { t1Ms: 500, t2Ms: 4000, t4Ms: 5000 } }
export const RELIABLE: TransactionOptions = { ...UNRELIABLE, reliable: true }

/** A machine under test: what it asked for is kept as short words. */
export interface Walk<Event> {
  readonly state: string
  /** What the last step asked for. */
  readonly asked: readonly string[]
  feed(event: Event): readonly string[]
}

export function walk<State extends { readonly name: string }, Event>(
  start: Transition<State>,
  step: (state: State, event: Event) => Transition<State>,
): Walk<Event> {
  let { state } = start
  let asked = start.effects.map(describeEffect)
  return {
    get state() {
      return state.name
    },
    get asked() {
      return asked
    },
    feed(event) {
      const next = step(state, event)
      state = next.state
      asked = next.effects.map(describeEffect)
      return asked
    },
  }
}

export function outgoing(statusCode: number): OutgoingResponse {
  return { statusCode, bytes: Buffer.from(String(statusCode)) }
}

const INVITE = createRequest({
  method: 'INVITE',
  uri: 'sip:bob@192.0.2.2',
  headers: [
    ['Via', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKabc'],
    ['From', '<sip:alice@example.com>;tag=a'],
    ['To', '<sip:bob@example.com>'],
    ['Call-ID', 'c1'],
    ['CSeq', '1 INVITE'],
  ],
})

export function incoming(statusCode: number): SipResponse {
  return createResponse(INVITE, statusCode, { toTag: 'b' })
}

function describeEffect(effect: TransactionEffect): string {
  switch (effect.type) {
    case 'sendRequest':
      return effect.retransmission ? 'request again' : 'request'
    case 'sendAck':
      return `ACK of ${effect.response.statusCode}`
    case 'sendResponse':
      return effect.retransmission ? `${effect.response.statusCode} again` : String(effect.response.statusCode)
    case 'passResponse':
      return `pass ${effect.response.statusCode}`
    case 'startTimer':
      return `start ${effect.timer} ${effect.delayMs}`
    case 'stopTimer':
      return `stop ${effect.timer}`
    case 'passAck':
      return 'pass ACK'
    case 'reportTimeout':
      return 'timeout'
    case 'reportTransportFailure':
      return 'transport failure'
    case 'terminate':
      return 'terminate'
  }
}
