// One SIP library in a process of its own: it shows that it reads and prints the right thing, then works as long as it is told.
import { deepStrictEqual } from 'node:assert/strict'
import { EXPECTED_FIELDS, INVITE, ONWARD } from './invite.ts'
import { dialtone } from './parsers/dialtone.ts'
import { jssip } from './parsers/jssip.ts'
import { lazyPrototype } from './parsers/lazy-prototype.ts'
import { npmSip } from './parsers/npm-sip.ts'
import type { SipParser } from './parsers/sip-parser.ts'
import { sipJs } from './parsers/sip-js.ts'
import { answerQuestions, tellReady } from './serve-subject.ts'

export interface ParserQuestion {
  readonly work: 'readFields' | 'sendOn'
  readonly workMs: number
}

export interface ParserAnswer {
  readonly messages: number
  readonly cpuMicroseconds: number
}

const PARSERS: Readonly<Record<string, SipParser>> = {
  dialtone: dialtone(false),
  'dialtone-checked': dialtone(true),
  sip: npmSip,
  jssip,
  'sip.js': sipJs,
  lazy: lazyPrototype,
}
/** Between two looks at the clock; the slowest parser takes some ms a message. */
const BATCH = 10

const parser = PARSERS[process.argv[2] ?? '']
if (parser === undefined) throw new Error(`unknown parser ${process.argv[2]}`)
const datagram = Buffer.from(INVITE)
deepStrictEqual(parser.readFields(datagram), EXPECTED_FIELDS)
const reread = dialtone(true).readFields(parser.sendOn(datagram))
deepStrictEqual(
  { ...reread, maxForwards: 0 },
  {
    ...EXPECTED_FIELDS,
    ...{ requestUser: ONWARD.user, requestHost: ONWARD.host, branch: ONWARD.branch, fromTag: ONWARD.fromTag, toUser: ONWARD.user, callId: ONWARD.callId },
    ...{ contactUser: '2001', contactHost: ONWARD.serverHost, maxForwards: 0 },
  },
)
answerQuestions((question) => work(parser, question as ParserQuestion))
tellReady({})

function work(subject: SipParser, { work: kind, workMs }: ParserQuestion): ParserAnswer {
  const untilMs = performance.now() + workMs
  const before = process.cpuUsage()
  let messages = 0
  do {
    for (let count = 0; count < BATCH; count++) subject[kind](datagram)
    messages += BATCH
  } while (performance.now() < untilMs)
  const { user, system } = process.cpuUsage(before)
  return { messages, cpuMicroseconds: user + system }
}
