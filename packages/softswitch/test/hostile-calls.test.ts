import type { Logger } from '@dialtone/foundation'
import { ManualTime } from '@dialtone/foundation'
import { answerChallenge } from '@dialtone/sip'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { RawPhone } from './raw-phone.ts'
import { passwordOf, REALM } from './switch-tenants.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft, hearEachOther, talk } from './talk.ts'
import { HeardInvite, type TestPhone } from './test-phone.ts'

const SEED = Number(process.env['PROPERTY_SEED'] ?? 8866)
/** 64*T1, twice: a BYE may begin at the end of the first. */
const ALL_TIMERS_MS = 40_000

let rig: SwitchRig
let errors: string[]
const closing: (() => void)[] = []

async function start(sipTime?: ManualTime): Promise<void> {
  errors = []
  const ignore = (): void => undefined
  const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: (message, fields) => void errors.push(`${message} ${JSON.stringify(fields)}`) }
  rig = await SwitchRig.start({ logger, ...(sipTime === undefined ? {} : { sipTime }) })
}

afterEach(async () => {
  for (const close of closing.splice(0)) close()
  try {
    await expectNothingLeft(rig)
    expect(errors).toEqual([])
  } finally {
    await rig.stop()
  }
})

/** A text with pieces cut out, repeated or replaced: as often untouched in most of its lines. */
function damaged(original: string, pieces: readonly string[]): fc.Arbitrary<string> {
  const cut = fc.tuple(fc.nat(original.length), fc.nat(30), fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 8 })))
  return fc
    .array(cut, { minLength: 1, maxLength: 4 })
    .map((cuts) => cuts.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), original))
}

const sample = <One>(values: fc.Arbitrary<One>, count: number): readonly One[] => fc.sample(values, { numRuns: count, seed: SEED })

const DESCRIPTION = [
  ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 'b=AS:64', 't=0 0', 'a=group:BUNDLE 0', 'm=audio 4000 RTP/AVP 0 8 101'],
  ...['a=rtpmap:0 PCMU/8000', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-16', 'a=ptime:20', 'a=rtcp:4001 IN IP4 127.0.0.1', 'a=rtcp-mux', 'a=mid:0'],
  ...['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj', 'a=sendrecv', 'm=video 5000 RTP/AVP 96', 'a=inactive', ''],
].join('\r\n')
const DESCRIPTION_PIECES = [
  ...[
    '\r\n',
    '\n',
    '\0',
    '\r\nm=audio 0 RTP/AVP 0\r\n',
    '\r\nm=audio 65536 RTP/SAVP 0\r\n',
    '\r\nc=IN IP6 ::1\r\n',
    '\r\nc=IN IP4 0.0.0.0\r\n',
    '\r\nc=IN IP4 224.2.1.1/127\r\n',
  ],
  ...[
    '\r\na=',
    '\r\na=recvonly\r\na=sendonly\r\n',
    '-1',
    '4294967296',
    '255',
    ' '.repeat(400),
    '\r\na=x'.repeat(300),
    '0 '.repeat(300),
    'é',
    '\r\nv=0\r\n',
    'UDP/TLS/RTP/SAVPF',
    'udptl t38',
  ],
]

describe('session descriptions of every kind through the whole switch', () => {
  it('offers, answers and offers in the call: every call ends, nothing fails within, and an honest call has its sound', async () => {
    await start()
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk')]
    const texts = sample(fc.tuple(...Array.from({ length: 4 }, () => fc.oneof(damaged(DESCRIPTION, DESCRIPTION_PIECES), fc.constant(DESCRIPTION)))), 120)
    let [answered, renegotiated] = [0, 0]
    for (const [offer = '', answer = '', second = '', secondAnswer = ''] of texts) {
      answers(carol, answer, secondAnswer)
      const call = alice.call('2003', offer)
      const outcome = await Promise.race([call.saw('answered'), call.saw('rejected')])
      if (outcome.type === 'rejected') continue
      answered++
      const settled = Promise.race([call.saw('reinviteAnswered'), call.saw('reinviteRejected'), call.saw('bye')])
      call.leg.reinvite(second)
      if ((await settled).type === 'reinviteAnswered') renegotiated++
      call.leg.bye()
    }
    // They were not refused for what they share.
    expect([answered > texts.length / 10, renegotiated > texts.length / 60]).toEqual([true, true])
    await rig.closed(1)
    const honest = await talk(rig, alice, '2002', await rig.phone('bob-desk'))
    await hearEachOther(honest)
    honest.caller.leg.bye()
    await honest.callee.saw('bye')
  })
})

function answers(phone: TestPhone, answer: string, second: string): void {
  phone.stack.onInvite((invite) => {
    const heard = new HeardInvite(invite)
    heard.onReinvite = (event) => event.answer(second)
    invite.answer({ body: answer })
  })
}

const OFFER = DESCRIPTION.replace(/a=crypto[^\r]*\r\n/, '')
const HEADERS = [
  'Contact: "A" <sip:alice@127.0.0.1:5070;transport=udp;ob>;+sip.instance="<urn:uuid:0>";reg-id=1;q=0.7, <sip:b@127.0.0.2>',
  'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx;received=192.0.2.9, SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bKy;rport=1',
  'Record-Route: <sip:192.0.2.1;lr>, "P" <sips:p2.example.com:5061;transport=tcp;lr>',
  'Route: <sip:127.0.0.1;lr>, <sip:192.0.2.7>',
  'History-Info: <sip:2001@example.com?Reason=SIP%3Bcause%3D302>;index=1, <sip:2002@example.com;cause=302>;index=1.1;mp=1',
  'Diversion: <sip:2002@example.com>;reason=user-busy;counter=1, <tel:+18015550101>;counter=99',
  'Supported: 100rel, timer, replaces, histinfo, path',
  'Session-Expires: 1800;refresher=uac',
  'Privacy: id;header',
  'Max-Breadth: 60',
].join('\r\n')
const HEADER_PIECES = [
  ...[
    ',',
    ';',
    '<',
    '>',
    '"',
    '\\"',
    '<sip:',
    '<sips:[::',
    '@',
    ':99999',
    ':0',
    ';transport=ws',
    ';transport=sctp',
    ';maddr=255.255.255.255',
    ';lr',
    '?x=%0d%0aX: y',
    '%00',
    '*',
  ],
  ...[
    '\r\nContact: *',
    '\r\nRoute: <sip:127.0.0.1;lr>',
    '\r\nVia: x',
    '\r\n ',
    '\0',
    'tel:+1',
    'sip:a',
    ','.repeat(300),
    ';a=b'.repeat(200),
    '<sip:a>,'.repeat(100),
    ';index=1.1.1.1.1',
    'é',
  ],
]

describe('headers of every kind in an INVITE whose credentials are right', () => {
  it('lists of Contact, Via, Route and others: nothing fails within, and nothing is left', async () => {
    const { alice, rings, finish } = await aliceAndBusyCarol()
    const sequences = await invites(
      alice,
      sample(damaged(HEADERS, HEADER_PIECES), 150).map((lines) => ({ lines: lines.split('\r\n') })),
    )
    expect(rings()).toBeGreaterThan(sequences / 10)
    finish()
    expect((await alice.request({ method: 'OPTIONS', callId: 'after' })).statusCode).toBe(200)
    finish()
  })

  it('multipart bodies, right and wrong', async () => {
    const { alice, rings, finish } = await aliceAndBusyCarol()
    const part = (type: string, text: string): string => `--b\r\nContent-Type: ${type}\r\nContent-Disposition: session;handling=optional\r\n\r\n${text}\r\n`
    const whole = `preamble\r\n${part('application/isup', 'x')}${part('application/sdp', OFFER)}${part('message/sipfrag', 'INVITE sip:a SIP/2.0')}--b--\r\n`
    const pieces = [
      '--b',
      '--b--',
      '--bb',
      '\r\n',
      '\r\n\r\n',
      'Content-Type: application/sdp',
      ';handling=required',
      '--b\r\n'.repeat(40),
      'multipart/mixed;boundary=c',
      '\0',
      'é',
    ]
    const bodies = sample(fc.tuple(damaged(whole, pieces), fc.constantFrom('b', '"b"', '', '"', 'b;boundary=c', 'x'.repeat(80), 'é', ' b')), 100)
    const sent = await invites(
      alice,
      bodies.map(([body, boundary]) => ({
        lines: [`Contact: <sip:alice@127.0.0.1:${alice.port}>`, `Content-Type: multipart/mixed;boundary=${boundary}`],
        body,
      })),
    )
    expect(rings()).toBeGreaterThan(sent / 10)
    finish()
  })

  it('credentials that are almost right ring nobody, however they are written', async () => {
    const { alice, rings, finish } = await aliceAndBusyCarol()
    const uri = `sip:2003@${REALM}`
    const lines = [`Contact: <sip:alice@127.0.0.1:${alice.port}>`]
    const challenge = await alice.finalOf(alice.send({ method: 'INVITE', uri, lines, body: OFFER, callId: 'first' }))
    const [name, right] = answerChallenge({
      response: challenge,
      method: 'INVITE',
      uri,
      username: 'alice-desk',
      password: 'wrong',
      cnonce: 'c',
      nonceCount: 1,
    }) ?? ['', '']
    const pieces = [
      '"',
      '\\',
      ',',
      '=',
      'response=""',
      `response="${'0'.repeat(32)}"`,
      'algorithm=none',
      'qop=auth-int',
      'nc=00000000',
      'Digest ',
      'Basic x',
      '\0',
      'é',
      ','.repeat(500),
      "username*=UTF-8''a",
    ]
    for (const [index, credentials] of sample(damaged(right, pieces), 200).entries()) {
      const sequence = alice.send({ method: 'INVITE', uri, lines: [...lines, `${name}: ${credentials}`], body: OFFER, callId: `almost-${index}` })
      expect((await alice.finalOf(sequence)).statusCode, credentials).toBeGreaterThanOrEqual(400)
    }
    expect(rings()).toBe(0)
    finish()
  })
})

/** Who writes her requests herself, who is busy whenever she rings, and the end of every timer. */
async function aliceAndBusyCarol(): Promise<{ readonly alice: RawPhone; rings(): number; finish(): void }> {
  const sipTime = new ManualTime()
  await start(sipTime)
  const carol = await rig.phone('carol-desk')
  let rung = 0
  carol.stack.onInvite((invite) => {
    rung++
    invite.reject(486)
  })
  const alice = await RawPhone.udp('alice-desk', rig.sipPort)
  closing.push(() => alice.close())
  const finish = (): void => {
    for (let turn = 0; turn < 3; turn++) sipTime.advance(ALL_TIMERS_MS)
  }
  return { alice, rings: () => rung, finish }
}

interface HostileInvite {
  readonly lines: readonly string[]
  readonly body?: string
}

/** Each with credentials that are right; those no server can answer are not waited for. @returns how many were sent */
async function invites(alice: RawPhone, hostile: readonly HostileInvite[]): Promise<number> {
  const uri = `sip:2003@${REALM}`
  const password = passwordOf('alice-desk')
  for (const [index, { lines, body = OFFER }] of hostile.entries()) {
    const honest = [`Contact: <sip:alice@127.0.0.1:${alice.port}>`]
    const challenge = await alice.finalOf(alice.send({ method: 'INVITE', uri, lines: honest, body: OFFER, callId: `ask-${index}` }))
    const credentials = answerChallenge({ response: challenge, method: 'INVITE', uri, username: 'alice-desk', password, cnonce: 'c0ffee', nonceCount: 1 })
    if (credentials === undefined) throw new Error(`${challenge.statusCode} instead of a challenge`)
    alice.send({ method: 'INVITE', uri, lines: [`${credentials[0]}: ${credentials[1]}`, ...lines], body, callId: `hostile-${index}` })
    // Datagrams keep their order: what came before it has been read.
    await alice.finalOf(alice.send({ method: 'OPTIONS', callId: `mark-${index}` }))
  }
  return hostile.length
}
