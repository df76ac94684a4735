/** One element of a SIPp scenario, as XML. */
export type SippStep = string

export interface ReceiveOptions {
  readonly optional?: boolean
  /** The message must bring credentials to answer with. */
  readonly isChallenge?: boolean
  /** Variable by what it keeps: a header as `To:`, or `body`. Used later as [$variable]. */
  readonly keep?: Readonly<Record<string, string>>
  /** Expressions by where they must match: a header as `RSeq:`, `body` or `message`. */
  readonly check?: Readonly<Record<string, string>>
  /** The same, of what must not be found. */
  readonly absent?: Readonly<Record<string, string>>
  /** Remembers the Contact as [next_url]. */
  readonly remembersTarget?: boolean
}

export interface RequestParts {
  readonly sequence: number
  readonly headers?: readonly string[]
  /** undefined: no body. */
  readonly body?: string | undefined
  readonly uri?: string
  readonly contentType?: string
  readonly contact?: string
}

/** The description of a telephone that speaks G.711; SIPp echoes what arrives at its media port. */
export function describeAudio(direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive' = 'sendrecv', version = 1, port = 'media_port'): string {
  return `v=0
o=- 1 ${version} IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [${port}] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=${direction}
`
}

let checks = 0

/** Waits for a response (a number) or request (a method); anything else that is not optional before it fails the call. */
export function receive(what: number | string, options: ReceiveOptions = {}): SippStep {
  const { keep = {}, check = {}, absent = {} } = options
  const actions = [
    ...Object.entries(keep).map(([variable, place]) => expression(place, '.*', variable, '')),
    ...Object.entries(check).map(([place, pattern]) => expression(place, pattern, `check${++checks}`, ' check_it="true"')),
    ...Object.entries(absent).map(([place, pattern]) => expression(place, pattern, `check${++checks}`, ' check_it_inverse="true"')),
  ]
  const kind = typeof what === 'number' ? 'response' : 'request'
  const attributes = `${options.optional ? ' optional="true"' : ''}${options.isChallenge ? ' auth="true"' : ''}${options.remembersTarget ? ' rrs="true"' : ''}`
  return `<recv ${kind}="${what}"${attributes}>${actions.length === 0 ? '' : `<action>${actions.join('')}</action>`}</recv>`
}

/** For what comes once or more often: takes and answers NOTIFYs until one whose body matches. Labels are numbers unique to the scenario. */
export function receiveNotifiesUntil(bodyPattern: string, label: number): readonly SippStep[] {
  const found = `check${++checks}`
  // No nop in between: SIPp takes a rest after one, and the next NOTIFY would find it unprepared.
  return [
    `<label id="${label}"/>`,
    `<recv request="NOTIFY" next="${label + 1}" test="${found}"><action>${expression('body', bodyPattern, found, '')}</action></recv>`,
    `<send next="${label}"><![CDATA[\n${responseText(200, {})}]]></send>`,
    `<label id="${label + 1}"/>`,
    `<send><![CDATA[\n${responseText(200, {})}]]></send>`,
  ]
}

/** Plays a file of G.711 µ-law from now on, from the port of `describeMusic`. */
export const plays = (file: string): SippStep => `<nop><action><exec rtp_stream="${file},-1,0,PCMU/8000"/></action></nop>`

/** The description of a telephone that plays a file. */
export const describeMusic = (): string => describeAudio('sendrecv', 1, 'rtpstream_audio_port')

export const wait = (durationMs: number): SippStep => `<pause milliseconds="${durationMs}"/>`

/** The response to what was received last. */
export function respond(status: number, options: { readonly headers?: readonly string[]; readonly body?: string } = {}): SippStep {
  return `<send><![CDATA[\n${responseText(status, options)}]]></send>`
}

function responseText(status: number, options: { readonly headers?: readonly string[]; readonly body?: string }): string {
  return textOf(
    [`SIP/2.0 ${status} Scripted`, '[last_Via:]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', '[last_CSeq:]', CONTACT, ...(options.headers ?? [])],
    options.body,
  )
}

const CONTACT = 'Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>'

/** What a SIPp does that calls or subscribes. Its fields: user; domain; target; [authentication ...]. */
export const caller = {
  /** INVITE, its challenge, and INVITE with credentials: CSeq is 2 afterwards. Without a body it asks for an offer. */
  invites(headers: readonly string[] = [], body: string | undefined = describeAudio()): readonly SippStep[] {
    return caller.begins('INVITE', 407, headers, body)
  },

  /** A request that makes a dialog, twice: without and with credentials. */
  begins(method: string, challenge: 401 | 407, headers: readonly string[] = [], body?: string): readonly SippStep[] {
    const initial = (sequence: number, more: readonly string[]): SippStep =>
      request(method, 'sip:[field2]@[field1]', CALLER, 'To: <sip:[field2]@[field1]>', { sequence, headers: [...headers, ...more], body })
    return [
      initial(1, []),
      receive(100, { optional: true }),
      receive(challenge, { isChallenge: true }),
      ...(method === 'INVITE' ? [acknowledge('sip:[field2]@[field1]', CALLER, 1)] : []),
      initial(2, ['[field3]']),
      ...(method === 'INVITE' ? [receive(100, { optional: true })] : []),
    ]
  },

  /** A request outside of dialogs, without credentials. */
  sendsFirst: (method: string, parts: Omit<RequestParts, 'sequence'>): SippStep =>
    request(method, 'sip:[field2]@[field1]', CALLER, 'To: <sip:[field2]@[field1]>', { ...parts, sequence: 1 }),

  /** The ACK of a refusal outside of dialogs. */
  acknowledgesFirst: (sequence: number): SippStep => acknowledge('sip:[field2]@[field1]', CALLER, sequence),

  /** A response that makes or confirms the dialog: its To and Contact are where the next requests go. */
  hears(status: number, options: ReceiveOptions = {}): SippStep {
    return receive(status, { ...options, keep: { remote: 'To:', ...options.keep }, remembersTarget: true })
  },

  /** A request in the dialog, an ACK of a 2xx included. */
  sends(method: string, parts: RequestParts): SippStep {
    return request(method, parts.uri ?? '[next_url]', CALLER, 'To:[$remote]', parts)
  },

  /** The ACK of a refused request in the dialog, which was the last thing heard. */
  acknowledgesRefusal: (sequence: number): SippStep => acknowledge('[next_url]', CALLER, sequence),

  /** CANCEL of a request in the dialog, after its 100. */
  cancels: (sequence: number): SippStep => alongside('CANCEL', '[next_url]', CALLER, sequence),

  /** BYE and its answer. */
  hangsUp: (sequence: number): readonly SippStep[] => [caller.sends('BYE', { sequence }), receive(200)],
}

/** REGISTER, its challenge, and REGISTER with credentials. Fields as those of a caller. */
export function registers(contact: string): readonly SippStep[] {
  const register = (sequence: number, more: readonly string[]): SippStep =>
    request('REGISTER', 'sip:[field1]', CALLER, 'To: <sip:[field0]@[field1]>', { sequence, headers: ['Expires: 120', ...more], contact })
  return [register(1, []), receive(401, { isChallenge: true }), register(2, ['[field3]']), receive(200)]
}

/** What a SIPp does that is called. */
export const callee = {
  /** The INVITE, kept so that it can be answered at any time. */
  isCalled(options: ReceiveOptions = {}): SippStep {
    const keep = { via: 'Via:', from: 'From:', to: 'To:', cseq: 'CSeq:', ...options.keep }
    return receive('INVITE', { ...options, keep, remembersTarget: true })
  },

  /** 200 with a session description. */
  answersTalk: (): SippStep => callee.answers(200, { body: describeAudio() }),

  /** Another INVITE in the call, kept as well; `answersAgain` answers it. */
  isAskedAgain: (options: ReceiveOptions = {}): SippStep => receive('INVITE', { ...options, keep: { again: 'Via:', cseq: 'CSeq:' } }),

  answersAgain(status: number, body?: string): SippStep {
    const lines = [`SIP/2.0 ${status} Scripted`, 'Via:[$again]', 'From:[$from]', `To:[$to]${CALLEE_TAG}`, '[last_Call-ID:]', 'CSeq:[$cseq]', CONTACT]
    return `<send retrans="500"><![CDATA[\n${textOf(lines, body)}]]></send>`
  },

  /** An answer to that INVITE. */
  answers(status: number, options: { readonly headers?: readonly string[]; readonly body?: string; readonly tag?: string } = {}): SippStep {
    const to = options.tag === undefined ? `To:[$to]${CALLEE_TAG}` : `To:[$to];tag=${options.tag}`
    const lines = [`SIP/2.0 ${status} Scripted`, 'Via:[$via]', 'From:[$from]', to, '[last_Call-ID:]', 'CSeq:[$cseq]']
    return `<send${status >= 200 ? ' retrans="500"' : ''}><![CDATA[\n${textOf([...lines, ...contactUnlessIn(options.headers), ...(options.headers ?? [])], options.body)}]]></send>`
  },

  /**
   * Rings and answers. `quietMs` before it rings, where another SIPp is told of each step: one that still has something to
   * send takes the next request for an unexpected one.
   */
  picksUp(headers: readonly string[] = [], ringMs = 300, quietMs = 0): readonly SippStep[] {
    return [
      callee.isCalled(),
      ...(quietMs > 0 ? [wait(quietMs)] : []),
      callee.answers(180),
      wait(ringMs),
      callee.answers(200, { headers, body: describeAudio() }),
      receive('ACK'),
    ]
  },

  /** A request in the dialog, an ACK of a 2xx included. */
  sends(method: string, parts: RequestParts): SippStep {
    return request(method, parts.uri ?? '[next_url]', CALLEE, 'To:[$from]', parts)
  },

  acknowledgesRefusal: (sequence: number): SippStep => acknowledge('[next_url]', CALLEE, sequence),

  /** BYE and its answer. */
  hangsUp: (sequence: number): readonly SippStep[] => [callee.sends('BYE', { sequence }), receive(200)],
}

const contactUnlessIn = (headers: readonly string[] = []): readonly string[] => (headers.some((line) => line.startsWith('Contact:')) ? [] : [CONTACT])

const CALLEE_TAG = ';tag=[pid]s[call_number]'
const CALLER = 'From: <sip:[field0]@[field1]>;tag=[pid]c[call_number]'
const CALLEE = `From:[$to]${CALLEE_TAG}`

/** The far end's BYE and the answer to it. */
export const isHungUp: readonly SippStep[] = [receive('BYE'), respond(200)]

/** A scenario file of these steps. */
export function scenarioOf(name: string, steps: readonly SippStep[]): string {
  const variables = new Set(steps.flatMap((step) => [...step.matchAll(/assign_to="(\w+)"/g)].map(([, variable]) => variable ?? '')))
  const reference = variables.size === 0 ? '' : `<Reference variables="${[...variables].join(',')}"/>\n`
  return `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="${name}">\n${steps.join('\n')}\n${reference}</scenario>\n`
}

function request(method: string, uri: string, from: string, to: string, parts: RequestParts): SippStep {
  const type = parts.contentType === undefined || parts.body === undefined ? [] : [`Content-Type: ${parts.contentType}`]
  const lines = [
    `${method} ${uri} SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport',
    from,
    to,
    'Call-ID: [call_id]',
    `CSeq: ${parts.sequence} ${method}`,
    parts.contact === undefined ? CONTACT : `Contact: <${parts.contact}>`,
    'Max-Forwards: 70',
    ...(parts.headers ?? []),
    ...type,
  ]
  return `<send${method === 'ACK' ? '' : ' retrans="500"'}><![CDATA[\n${textOf(lines, parts.body)}]]></send>`
}

/** The ACK of the refusal heard last, part of its transaction (RFC 3261 17.1.1.3). */
const acknowledge = (uri: string, from: string, sequence: number): SippStep => alongside('ACK', uri, from, sequence)

/** ACK or CANCEL with the Via of the response heard last. */
function alongside(method: string, uri: string, from: string, sequence: number): SippStep {
  const lines = [`${method} ${uri} SIP/2.0`, '[last_Via:]', from, '[last_To:]', 'Call-ID: [call_id]', `CSeq: ${sequence} ${method}`, 'Max-Forwards: 70']
  return `<send><![CDATA[\n${textOf(lines)}]]></send>`
}

/** A session description unless a type was given. */
function textOf(lines: readonly string[], body?: string): string {
  if (body === undefined) return `${lines.join('\n')}\nContent-Length: 0\n\n`
  const type = lines.some((line) => line.startsWith('Content-Type:')) ? [] : ['Content-Type: application/sdp']
  return `${[...lines, ...type].join('\n')}\nContent-Length: [len]\n\n${body}`
}

function expression(place: string, pattern: string, variable: string, check: string): string {
  const where = place === 'body' ? 'search_in="body"' : place === 'message' ? 'search_in="msg"' : `search_in="hdr" header="${place}"`
  return `<ereg regexp="${escaped(pattern)}" ${where}${check} assign_to="${variable}"/>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
