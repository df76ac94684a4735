import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DigestAuthenticator } from '../src/digest/index.ts'
import { type SipRequest, userOf } from '../src/message/index.ts'
import { describeMessage, type RawPeer } from './raw-peer.ts'
import { type RunningStack, StackHarness } from './stack-harness.ts'

const VECTORS = new URL('vectors/rfc4475/', import.meta.url)
const read = (name: string): Buffer => readFileSync(new URL(`${name}.dat`, VECTORS))

type Outcome = number | 'dropped'

/**
 * RFC 4475, section and what may come of each message at a server with handlers for INVITE (404), REGISTER (200; 401 to bad
 * credentials, 404 to addresses that are no SIP URI), OPTIONS (200) and MESSAGE (200). 'dropped': no answer at all.
 */
const EXPECTED: Readonly<Record<string, readonly [section: string, ...outcomes: Outcome[]]>> = {
  // Well-formed, and for a dialog nobody knows: it has a To tag.
  wsinv: ['3.1.1.1', 481],
  intmeth: ['3.1.1.2', 501, 405],
  esc01: ['3.1.1.3', 404],
  escnull: ['3.1.1.4', 200],
  esc02: ['3.1.1.5', 501, 405],
  lwsdisp: ['3.1.1.6', 200],
  longreq: ['3.1.1.7', 404],
  dblreq: ['3.1.1.8', 200],
  semiuri: ['3.1.1.9', 200],
  transports: ['3.1.1.10', 200],
  mpart01: ['3.1.1.11', 200],
  unreason: ['3.1.1.12', 'dropped'],
  noreason: ['3.1.1.13', 'dropped'],
  badinv01: ['3.1.2.1', 400, 'dropped'],
  clerr: ['3.1.2.2', 400],
  ncl: ['3.1.2.3', 400, 'dropped'],
  scalar02: ['3.1.2.4', 400],
  scalarlg: ['3.1.2.5', 'dropped'],
  quotbal: ['3.1.2.6', 400, 'dropped'],
  ltgtruri: ['3.1.2.7', 400],
  lwsruri: ['3.1.2.8', 400, 'dropped'],
  lwsstart: ['3.1.2.9', 400, 'dropped'],
  trws: ['3.1.2.10', 400, 200],
  escruri: ['3.1.2.11', 400, 404],
  baddate: ['3.1.2.12', 400, 404],
  regbadct: ['3.1.2.13', 400],
  badaspec: ['3.1.2.14', 400, 200],
  baddn: ['3.1.2.15', 400, 200],
  badvers: ['3.1.2.16', 505, 400],
  mismatch01: ['3.1.2.17', 400],
  mismatch02: ['3.1.2.18', 501, 400],
  bigcode: ['3.1.2.19', 'dropped'],
  badbranch: ['3.2.1', 200],
  insuf: ['3.3.1', 400, 'dropped'],
  unkscm: ['3.3.2', 416],
  novelsc: ['3.3.3', 416, 400],
  unksm2: ['3.3.4', 400, 404],
  bext01: ['3.3.5', 420],
  invut: ['3.3.6', 415],
  regaut01: ['3.3.7', 401],
  multi01: ['3.3.8', 400],
  mcl01: ['3.3.9', 400],
  bcast: ['3.3.10', 'dropped'],
  zeromf: ['3.3.11', 483],
  cparam01: ['3.3.12', 200],
  cparam02: ['3.3.13', 200],
  regescrt: ['3.3.14', 200],
  sdp01: ['3.3.15', 406],
  inv2543: ['3.4.1', 404],
  test: ['not in the text', 400, 'dropped'],
}

let harness: StackHarness
let server: RunningStack
let peer: RawPeer
let handled: SipRequest[]

beforeEach(async () => {
  harness = new StackHarness()
  server = await harness.stack()
  peer = await harness.peer()
  handled = []
  const digest = new DigestAuthenticator({ realm: 'test', clock: harness.time, secret: Buffer.alloc(32, 7) })
  server.stack.onInvite((invite) => {
    handled.push(invite.request)
    invite.reject(404)
  })
  server.stack.onRequest('REGISTER', ({ request, respond }) => {
    handled.push(request)
    const refused = request.header('authorization') !== undefined && digest.verify(request, undefined) !== 'accepted'
    if (request.to.uri.scheme !== 'sip') respond(404)
    else if (refused) respond(401, { headers: digest.challenge() })
    else respond(200)
  })
  for (const method of ['OPTIONS', 'MESSAGE']) {
    server.stack.onRequest(method, ({ request, respond }) => {
      handled.push(request)
      respond(200)
    })
  }
})
afterEach(() => harness.close())

/** Sends the vector, changed in one place: `rport` in its top Via, so that the answer comes here and not to the host it names. */
async function send(name: string) {
  const text = read(name).toString('latin1')
  const changed = text.replace(/^(?:via|v)[ \t]*:(?:[^;,\r\n]|\r\n[ \t])*/im, (via) => `${via};rport`)
  peer.sendBytes(Buffer.from(changed, 'latin1'), server.udp)
  const answers = (await peer.drain(server.udp)).filter((message) => describeMessage(message) !== '100 INVITE')
  handled = handled.filter((request) => !request.callId.startsWith('drain-'))
  const answer = answers[0]
  expect(answers.length).toBeLessThanOrEqual(1)
  return answer?.kind === 'response' ? answer : undefined
}

describe('RFC 4475 torture messages at a running stack', () => {
  it('are all here', () => {
    const files = readdirSync(VECTORS).filter((file) => file.endsWith('.dat'))
    expect(files.map((file) => file.slice(0, -4)).toSorted()).toEqual(Object.keys(EXPECTED).toSorted())
  })

  it.each(Object.entries(EXPECTED))('%s %j, and OPTIONS is answered afterwards', async (name, [, ...outcomes]) => {
    const answer = await send(name)
    expect(outcomes).toContain(answer?.statusCode ?? 'dropped')
    expect(server.errors).toEqual([])
    // Nothing malformed reaches a handler.
    if (answer === undefined || answer.statusCode === 400) expect(handled).toEqual([])
  })

  it('3.1.1.2, 3.1.1.5: says what methods there are', async () => {
    for (const name of ['intmeth', 'esc02']) expect((await send(name))?.header('allow')).toContain('INVITE')
  })

  it('3.1.1.3, 3.1.1.4: escapes are decoded for comparison only, NUL does not end a name', async () => {
    await send('esc01')
    await send('escnull')
    const [invite, register] = handled
    expect(invite?.uri === undefined ? '' : userOf(invite.uri)).toBe('sips:user@example.com')
    expect(register === undefined ? '' : userOf(register.to.uri)).toBe('null-\0-null')
  })

  it('3.1.1.8: one datagram is one request', async () => {
    await send('dblreq')
    expect(handled.map((request) => request.method)).toEqual(['REGISTER'])
    expect(server.stack.statistics.transactions).toBeLessThanOrEqual(2)
  })

  it('3.1.1.11: a binary body arrives whole', async () => {
    await send('mpart01')
    expect(handled[0]?.body.length).toBe(553)
  })

  it('3.2.1: two requests with the bare cookie are two requests', async () => {
    const text = read('badbranch')
      .toString('latin1')
      .replace(/branch=z9hG4bK/, '$&;rport')
    peer.sendBytes(text, server.udp)
    peer.sendBytes(text.replace('badbranch.', 'other.').replace('33242', '33243'), server.udp)
    const answers = await peer.drain(server.udp)
    expect(answers.map((answer) => [describeMessage(answer), answer.callId.slice(0, 5)])).toEqual([
      ['200 OPTIONS', 'badbr'],
      ['200 OPTIONS', 'other'],
    ])
  })

  it('3.3.5: lists exactly what it does not support', async () => {
    expect((await send('bext01'))?.headers('unsupported')).toEqual(['nothingSupportsThis', 'nothingSupportsThisEither'])
  })

  it('3.3.6, 3.3.15: says what bodies it takes', async () => {
    expect((await send('invut'))?.header('accept')).toBe('application/sdp')
  })
})
