import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkRequest, checkResponse, parseMessage, type SipMessage, type SipRequest, userOf } from '../src/message/index.ts'
import { parseAndReadEverything } from './read-everything.ts'

const FOLDER = new URL('vectors/rfc4475/', import.meta.url)

function read(name: string): Buffer {
  return readFileSync(new URL(`${name}.dat`, FOLDER))
}

/** The outcome at message level: who decides, and what. 'accepted' passes parseMessage and checkRequest/checkResponse. */
function outcomeOf(bytes: Buffer): string {
  const parsed = parseMessage(bytes)
  if (!parsed.ok) return parsed.error.drop ? 'dropped by parseMessage' : `${parsed.error.statusCode} by parseMessage`
  if (parsed.value.kind === 'response') return checkResponse(parsed.value) ? 'accepted' : 'dropped by checkResponse'
  const problem = checkRequest(parsed.value)
  return problem === undefined ? 'accepted' : `${problem.statusCode} by checkRequest`
}

/** Section of RFC 4475, outcome here, and what is left to a layer above where the section asks for more. */
const CASES: Readonly<Record<string, readonly [section: string, outcome: string, above?: string]>> = {
  wsinv: ['3.1.1.1', 'accepted'],
  intmeth: ['3.1.1.2', 'accepted', 'the stack answers 501 to the method'],
  esc01: ['3.1.1.3', 'accepted'],
  escnull: ['3.1.1.4', 'accepted'],
  esc02: ['3.1.1.5', 'accepted', 'the stack answers 501: the method is not INVITE'],
  lwsdisp: ['3.1.1.6', 'accepted'],
  longreq: ['3.1.1.7', 'accepted'],
  dblreq: ['3.1.1.8', 'accepted'],
  semiuri: ['3.1.1.9', 'accepted'],
  transports: ['3.1.1.10', 'accepted'],
  mpart01: ['3.1.1.11', 'accepted', 'the stack or the application answers 405 or 415'],
  unreason: ['3.1.1.12', 'accepted', 'the stack drops it: no transaction of ours'],
  noreason: ['3.1.1.13', 'accepted', 'the stack drops it: no transaction of ours'],
  badinv01: ['3.1.2.1', '400 by checkRequest'],
  clerr: ['3.1.2.2', '400 by parseMessage'],
  ncl: ['3.1.2.3', '400 by parseMessage'],
  scalar02: ['3.1.2.4', '400 by checkRequest'],
  scalarlg: ['3.1.2.5', 'dropped by checkResponse'],
  quotbal: ['3.1.2.6', '400 by checkRequest'],
  ltgtruri: ['3.1.2.7', '400 by checkRequest'],
  lwsruri: ['3.1.2.8', '400 by parseMessage'],
  lwsstart: ['3.1.2.9', '400 by parseMessage'],
  trws: ['3.1.2.10', '400 by parseMessage'],
  escruri: ['3.1.2.11', '400 by checkRequest'],
  baddate: ['3.1.2.12', 'accepted', 'nothing here reads Date'],
  regbadct: ['3.1.2.13', '400 by checkRequest'],
  badaspec: ['3.1.2.14', 'accepted', 'read leniently: the spaces inside <> mean nothing'],
  baddn: ['3.1.2.15', 'accepted', 'read leniently: the name reaches to the <'],
  badvers: ['3.1.2.16', '505 by parseMessage'],
  mismatch01: ['3.1.2.17', '400 by checkRequest'],
  mismatch02: ['3.1.2.18', '400 by checkRequest'],
  bigcode: ['3.1.2.19', 'dropped by parseMessage'],
  badbranch: ['3.2.1', 'accepted', 'the stack matches it as RFC 2543 did'],
  insuf: ['3.3.1', '400 by checkRequest'],
  unkscm: ['3.3.2', '416 by checkRequest'],
  novelsc: ['3.3.3', '416 by checkRequest'],
  unksm2: ['3.3.4', 'accepted', 'the registrar answers 404: nobody here is isbn:2983792873'],
  bext01: ['3.3.5', 'accepted', 'the stack answers 420'],
  invut: ['3.3.6', 'accepted', 'the stack answers 415'],
  regaut01: ['3.3.7', 'accepted', 'the registrar challenges with 401'],
  multi01: ['3.3.8', '400 by checkRequest'],
  mcl01: ['3.3.9', '400 by parseMessage'],
  bcast: ['3.3.10', 'accepted', 'the stack drops it: not its Via'],
  zeromf: ['3.3.11', 'accepted', 'the stack answers 483, or 200 as it is OPTIONS'],
  cparam01: ['3.3.12', 'accepted'],
  cparam02: ['3.3.13', 'accepted'],
  regescrt: ['3.3.14', 'accepted'],
  sdp01: ['3.3.15', 'accepted', 'the stack answers 406'],
  inv2543: ['3.4.1', 'accepted'],
  test: ['-', 'dropped by parseMessage'],
}

describe('RFC 4475: every message of the torture test', () => {
  it('has a row here, with the section that is listed for it', () => {
    const listed = readFileSync(new URL('EXPECTED.tsv', FOLDER), 'utf8').trim().split('\n').slice(1)
    const sections = Object.fromEntries(listed.map((line) => line.split('\t').slice(0, 2)))
    expect(Object.fromEntries(Object.entries(CASES).map(([name, [section]]) => [name, section]))).toEqual(sections)
    expect(Object.keys(CASES).toSorted()).toEqual(readdirSync(FOLDER).flatMap((file) => (file.endsWith('.dat') ? [file.slice(0, -4)] : [])))
  })

  for (const [name, [section, outcome, above]] of Object.entries(CASES)) {
    it(`${section} ${name}: ${outcome}${above === undefined ? '' : `; ${above}`}`, () => {
      parseAndReadEverything(read(name))
      expect(outcomeOf(read(name))).toBe(outcome)
    })
  }

  it.each(Object.keys(CASES))('%s cut off anywhere throws nothing', (name) => {
    const bytes = read(name)
    for (let length = 0; length < bytes.length; length += 7) parseAndReadEverything(bytes.subarray(0, length))
  })
})

function accepted(name: string): SipMessage {
  const parsed = parseMessage(read(name))
  if (!parsed.ok) throw new Error(parsed.error.reason)
  return parsed.value
}

function acceptedRequest(name: string): SipRequest {
  const message = accepted(name)
  if (message.kind !== 'request') throw new Error('not a request')
  return message
}

describe('RFC 4475: what the valid messages say', () => {
  it('3.1.1.1 wsinv: folds, spaces, escapes and compact forms', () => {
    const request = acceptedRequest('wsinv')
    expect(request.from).toMatchObject({ displayName: 'J Rosenberg \\"', uriText: 'sip:jdrosen@example.com' })
    expect([request.fromTag, request.toTag, request.maxForwards, request.cseq]).toEqual(['98asjd8', '1918181833n', 68, { sequence: 9, method: 'INVITE' }])
    expect(request.vias.map((via) => [via.transport, via.host, via.parameters.get('branch')])).toEqual([
      ['UDP', '192.0.2.2', '390skdjuw'],
      ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
      ['UDP', '192.168.255.111', 'z9hG4bK30239'],
    ])
    expect(request.contacts[0]).toMatchObject({ displayName: 'Quoted string ""', uriText: 'sip:jdrosen@example.com' })
    expect([...(request.contacts[0]?.parameters ?? [])]).toEqual([
      ['newparam', 'newvalue'],
      ['secondparam', ''],
      ['q', '0.33'],
    ])
    expect([request.header('subject'), request.header('unknownheaderwithunusualvalue'), request.header('newfangledheader')]).toEqual([
      '',
      ';;,,;;,;',
      'newfangled value continued newfangled value',
    ])
    expect(request.body.length).toBe(150)
  })

  it('3.1.1.2 intmeth: every character a token may have, UTF-8 in a parameter and an unknown header', () => {
    const request = acceptedRequest('intmeth')
    expect(request.method).toBe("!interesting-Method0123456789_*+`.%indeed'~")
    expect(request.to.displayName).toBe('BEL:\u0007 NUL:\u0000 DEL:\u007f')
    expect(request.uri?.password).toBe("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
    expect(request.uri?.host).toBe('example.com')
    expect(request.from.parameters.get("fromparam''~+*_!.-%")).toBe('работающий')
    expect(request.header("extensionHeader-!.%*+_`'~")).toBe('\ufeff大停電')
  })

  it('3.1.1.3 esc01, 3.1.1.4 escnull: escapes are undone for comparison only, and %00 ends nothing', () => {
    const escaped = acceptedRequest('esc01')
    expect([escaped.uri?.user, escaped.uri?.scheme, escaped.uri && userOf(escaped.uri)]).toEqual(['sips%3Auser%40example.com', 'sip', 'sips:user@example.com'])
    expect(userOf(escaped.to.uri)).toBe('user')
    expect([...(escaped.contacts[0]?.uri.parameters ?? [])]).toEqual([
      ['lr', ''],
      ['name', 'v%61lue%25%34%31'],
    ])
    const withNull = acceptedRequest('escnull')
    expect(userOf(withNull.to.uri)).toBe('null-\u0000-null')
    expect(withNull.contacts.map((contact) => userOf(contact.uri))).toEqual(['\u0000', '\u0000\u0000'])
  })

  it('3.1.1.5 esc02: an escape in a method is no INVITE', () => {
    expect(acceptedRequest('esc02').method).toBe('RE%47IST%45R')
  })

  it('3.1.1.7 longreq: 34 Via fields in every spelling, long values whole', () => {
    const request = acceptedRequest('longreq')
    expect(request.vias).toHaveLength(34)
    expect(request.vias.at(-1)?.parameters.get('received')).toBe('192.0.2.5')
    expect(request.headers('via')).toHaveLength(34)
    expect(request.to.uri.parameters.get('unknownparam1')).toBe(/unknownparam1=([a-z]+)/.exec(read('longreq').toString('latin1'))?.[1])
  })

  it('3.1.1.8 dblreq: what follows the REGISTER in its datagram is no part of it', () => {
    const request = acceptedRequest('dblreq')
    expect([request.method, request.body.length, request.callId]).toEqual(['REGISTER', 0, 'dblreq.0ha0isndaksdj99sdfafnl3lk233412'])
  })

  it('3.1.1.9 semiuri: a semicolon before the @ belongs to the user', () => {
    const { uri } = acceptedRequest('semiuri')
    expect([uri?.user, uri?.host, uri?.parameters.size]).toEqual(['user;par=u%40example.net', 'example.com', 0])
    expect(acceptedRequest('semiuri').headers('accept')).toHaveLength(6)
  })

  it('3.1.1.10 transports: transports that nobody knows', () => {
    expect(acceptedRequest('transports').vias.map((via) => via.transport)).toEqual(['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'])
  })

  it('3.1.1.11 mpart01: binary bodies stay byte for byte', () => {
    const bytes = read('mpart01')
    const request = acceptedRequest('mpart01')
    expect(request.body).toEqual(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4))
    expect(request.body.length).toBe(Number(request.header('content-length')))
  })

  it('3.1.1.12 unreason, 3.1.1.13 noreason: any reason phrase, or none', () => {
    expect(accepted('unreason')).toMatchObject({ statusCode: 200, reasonPhrase: '= 2**3 * 5**2 но сто девяносто девять - простое' })
    expect(accepted('noreason')).toMatchObject({ statusCode: 100, reasonPhrase: '' })
  })

  it('3.3.12 cparam01, 3.3.13 cparam02, 3.3.14 regescrt: whose parameter it is, and headers in a Contact URI', () => {
    const [outside] = acceptedRequest('cparam01').contacts
    const [inside] = acceptedRequest('cparam02').contacts
    expect([outside?.parameters.get('unknownparam'), outside?.uri.parameters.size]).toEqual(['', 0])
    expect([inside?.parameters.size, inside?.uri.parameters.get('unknownparam')]).toEqual([0, ''])
    expect(acceptedRequest('regescrt').contacts[0]?.uri.headers).toBe('Route=%3Csip:sip.example.com%3E')
  })
})
