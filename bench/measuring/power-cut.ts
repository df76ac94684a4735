import { createHash } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { Agent, get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

/** A phone that lost power: what it has kept is its MAC address and where its files are. */
export interface DarkPhone {
  readonly macAddress: string
  /** Without the host, with a slash at the end. */
  readonly path: string
}

export interface PowerCut {
  /** How long each file took, refusals not counted. */
  readonly fileMs: readonly number[]
  /** From the return of the power to the 200 of its REGISTER, a phone each. */
  readonly upMs: readonly number[]
  readonly refusedFiles: number
  readonly refusedRegistrations: number
  readonly retransmitted: number
  /** Refusals that did not say when to come again. */
  readonly withoutRetryAfter: number
  readonly failed: number
}

interface Storm {
  readonly httpPort: number
  readonly sipPort: number
  readonly agent: Agent
  readonly socket: Socket
  /** By Call-ID: who waits for an answer. */
  readonly waiting: Map<string, (answer: string) => void>
  readonly fileMs: number[]
  readonly upMs: number[]
  readonly counts: { refusedFiles: number; refusedRegistrations: number; retransmitted: number; withoutRetryAfter: number; failed: number }
}

/** Connections at a time: more than any limit of the server, fewer than there are ports. */
const CONNECTIONS = 2_000
const T1_MS = 500
const LONGEST_WAIT_MS = 4_000
const MAX_TRIES = 40
const RECEIVE_BUFFER_BYTES = 8_000_000
/** A phone that started again is a new client: its Call-IDs and branches are new. */
let powerCuts = 0

/**
 * The power comes back: every phone asks for `{mac}.boot` and `{mac}.cfg`, reads its login there and registers over UDP. A refusal is
 * obeyed: the phone comes again when `Retry-After` says. @param withinMs in which the phones start, one after the other
 */
export async function powerReturns(
  phones: readonly DarkPhone[],
  o: { httpPort: number; sipPort: number; withinMs: number; registers: boolean },
): Promise<PowerCut> {
  powerCuts++
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, maxFreeSockets: CONNECTIONS })
  const counts = { refusedFiles: 0, refusedRegistrations: 0, retransmitted: 0, withoutRetryAfter: 0, failed: 0 }
  const storm: Storm = { ...o, agent, socket, waiting: new Map(), fileMs: [], upMs: [], counts }
  socket.on('message', (bytes) => {
    const answer = bytes.toString('latin1')
    storm.waiting.get(/^Call-ID: (.*?)\r$/m.exec(answer)?.[1] ?? '')?.(answer)
  })
  const startedMs = performance.now()
  try {
    await Promise.all(
      phones.map(async (phone, index) => {
        await wait((o.withinMs * index) / phones.length)
        const isUp = await comesUp(storm, phone, o.registers).catch(() => false)
        if (isUp) storm.upMs.push(performance.now() - startedMs)
        else counts.failed++
      }),
    )
  } finally {
    agent.destroy()
    socket.close()
  }
  return { fileMs: storm.fileMs, upMs: storm.upMs, ...counts }
}

async function comesUp(storm: Storm, { macAddress, path }: DarkPhone, registers: boolean): Promise<boolean> {
  await fetchFile(storm, `${path}${macAddress}.boot`)
  const text = (await fetchFile(storm, `${path}${macAddress}.cfg`)) ?? ''
  const setting = (name: string): string => new RegExp(`^account\\.1\\.${name} = (.*)$`, 'm').exec(text)?.[1] ?? ''
  const login = { username: setting('user_name'), password: setting('password') }
  if (login.username === '' || login.password === '') return false
  return registers ? register(storm, login) : true
}

async function fetchFile(storm: Storm, path: string): Promise<string | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const startedMs = performance.now()
    const { status, text, retryAfter } = await request(storm, path)
    if (status === 200) {
      storm.fileMs.push(performance.now() - startedMs)
      return text
    }
    if (status !== 503 && status !== 429) return undefined
    storm.counts.refusedFiles++
    await obey(storm, retryAfter)
  }
  return undefined
}

function request({ agent, httpPort }: Storm, path: string): Promise<{ status: number; text: string; retryAfter: string | undefined }> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: httpPort, path, agent, headers: { 'user-agent': 'Yealink SIP-T54W 96.86.0.70' } }, (response) => {
      let text = ''
      response.setEncoding('latin1').on('data', (piece: string) => (text += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, retryAfter: response.headers['retry-after'] }))
    }).on('error', reject)
  })
}

async function obey({ counts }: Storm, retryAfter: string | undefined): Promise<void> {
  if (retryAfter === undefined) counts.withoutRetryAfter++
  await wait(Number(retryAfter ?? 1) * 1000)
}

/** RFC 3261 section 10.2 and 22: REGISTER, 401, REGISTER with digest. */
async function register(storm: Storm, { username, password }: { username: string; password: string }): Promise<boolean> {
  const callId = `${username}-${powerCuts}-${process.pid}@127.0.0.1`
  let authorization = ''
  for (let sequence = 1; sequence <= MAX_TRIES; sequence++) {
    const answer = await ask(storm, callId, registerRequest(storm, { username, callId, sequence, authorization }))
    const status = Number(/^SIP\/2\.0 (\d{3})/.exec(answer)?.[1])
    if (status === 200) return true
    // Nobody answered for 32 s: a phone tries again (RFC 5626 section 4.5).
    if (answer === '') continue
    if (status === 401) authorization = authorizationOf(username, password, answer)
    else if (status === 503) {
      storm.counts.refusedRegistrations++
      await obey(storm, /^Retry-After: (\d+)/m.exec(answer)?.[1])
    } else return false
  }
  return false
}

/** RFC 3261 section 17.1.2: again after T1, twice T1, four times T1, until the answer is there. @returns '' when none came */
async function ask({ socket, sipPort, waiting, counts }: Storm, callId: string, text: string): Promise<string> {
  const answered = Promise.withResolvers<string>()
  waiting.set(callId, answered.resolve)
  for (let [waitMs, passedMs] = [T1_MS, 0]; passedMs < 64 * T1_MS; passedMs += waitMs, waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    if (passedMs > 0) counts.retransmitted++
    socket.send(text, sipPort, '127.0.0.1')
    const answer = await Promise.race([answered.promise, wait(waitMs, undefined, { ref: false })])
    if (answer !== undefined) return answer
  }
  return ''
}

function registerRequest({ socket }: Storm, o: { username: string; callId: string; sequence: number; authorization: string }): string {
  const { port } = socket.address()
  return [
    'REGISTER sip:127.0.0.1 SIP/2.0',
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${o.username}-${powerCuts}-${o.sequence}-${process.pid};rport`,
    `From: <sip:${o.username}@127.0.0.1>;tag=${o.username}`,
    `To: <sip:${o.username}@127.0.0.1>`,
    `Call-ID: ${o.callId}`,
    `CSeq: ${o.sequence} REGISTER`,
    `Contact: <sip:${o.username}@127.0.0.1:${port};transport=udp>;expires=3600`,
    ...(o.authorization === '' ? [] : [o.authorization]),
    'Max-Forwards: 70',
    'User-Agent: Yealink SIP-T54W 96.86.0.70',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
}

function authorizationOf(username: string, password: string, challenge: string): string {
  const given = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? ''
  const [realm, nonce, uri] = [given('realm'), given('nonce'), 'sip:127.0.0.1']
  const response = md5(`${md5(`${username}:${realm}:${password}`)}:${nonce}:00000001:6b8b4567:auth:${md5(`REGISTER:${uri}`)}`)
  return `Authorization: Digest username="${username}",realm="${realm}",nonce="${nonce}",uri="${uri}",response="${response}",cnonce="6b8b4567",nc=00000001,qop=auth,algorithm=MD5`
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
