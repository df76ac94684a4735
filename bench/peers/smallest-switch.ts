/*
 * The prototype that stood before packages/softswitch: a back-to-back user agent for one phone and calls that go well. It takes
 * an INVITE apart and writes another one, repeats what is not answered, and writes a record; it checks nothing, routes nothing,
 * knows no CANCEL and no failure: what a call must cost at least, in JavaScript. Parameters: the port of the phone.
 */
import { createSocket, type RemoteInfo } from 'node:dgram'
import { parseLazily, type LazyMessage } from './lazy-parser.ts'
import { tellReady } from '../subjects/serve-subject.ts'

interface Repeated {
  last: string
  readonly port: number
  isDone: boolean
}

interface CallRecord {
  readonly from: string
  readonly startedAtMs: number
  answeredAtMs: number
  endedAtMs: number
}

interface Dialogs {
  readonly invite: LazyMessage
  readonly caller: RemoteInfo
  readonly server: Repeated
  readonly serverKey: string
  readonly callerTag: string
  readonly callId: string
  readonly fromHere: string
  toHere: string
  target: string
  readonly record: CallRecord
}

interface Client extends Repeated {
  readonly method: string
  readonly dialogs: Dialogs
}

const TICK_MS = 50
const SLOTS = 2048
const ALLOW = 'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, INFO, UPDATE\r\n'
const [VIA, FROM, TO, CALL_ID, CSEQ, CONTACT] = [1, 2, 3, 4, 5, 6]

const phonePort = Number(process.argv[2])
const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20, lookup: (host, _options, done) => done(null, host, 4) })
const servers = new Map<string, Repeated>()
const clients = new Map<string, Client>()
const calls = new Map<string, Dialogs>()
const records: CallRecord[] = []
const wheel: (() => void)[][] = Array.from({ length: SLOTS }, () => [])
let tick = 0
let counter = 0
let port = 0

setInterval(() => {
  tick = (tick + 1) % SLOTS
  const due = wheel[tick] ?? []
  wheel[tick] = []
  for (const callback of due) callback()
}, TICK_MS)

socket.on('message', (bytes, source) => {
  const message = parseLazily(bytes)
  if (message.method === 'SIP/2.0') onResponse(message)
  else onRequest(message, source)
})
socket.bind(0, '127.0.0.1', () => {
  port = socket.address().port
  tellReady({ port })
})

function onRequest(message: LazyMessage, source: RemoteInfo): void {
  const key = parameterOf(message.raw(VIA), ';branch=') + message.method
  const known = servers.get(key)
  if (known !== undefined) return send(known.last, source.port)
  const callKey = message.raw(CALL_ID) + parameterOf(message.raw(FROM), ';tag=')
  if (message.method === 'INVITE') return begin(message, source, key, callKey)
  const call = calls.get(callKey)
  if (call === undefined) return undefined
  if (message.method === 'ACK') {
    call.server.isDone = true
    later(5_000, () => servers.delete(call.serverKey))
    return send(requestOf(call, 'ACK', 1, newToken()), phonePort)
  }
  const server = { last: responseTo(message, source, '200 OK', '', ''), port: source.port, isDone: true }
  servers.set(key, server)
  later(5_000, () => servers.delete(key))
  send(server.last, source.port)
  ask(call, 'BYE', newToken(), (branch) => requestOf(call, 'BYE', 2, branch))
  call.record.endedAtMs = Date.now()
  records.push(call.record)
  if (records.length > 1_000) records.length = 0
  calls.delete(callKey)
}

function begin(invite: LazyMessage, caller: RemoteInfo, serverKey: string, callKey: string): void {
  const server = { last: responseTo(invite, caller, '100 Trying', '', ''), port: caller.port, isDone: false }
  servers.set(serverKey, server)
  send(server.last, caller.port)
  const from = invite.raw(FROM)
  const target = `sip:${userIn(invite.raw(TO))}@127.0.0.1:${phonePort}`
  const call: Dialogs = {
    ...{ invite, caller, server, serverKey, callerTag: newToken(), callId: `${newToken()}@here`, target, toHere: `<${target}>` },
    fromHere: `${from.slice(0, from.indexOf('<'))}<sip:${userIn(from)}@127.0.0.1>;tag=${newToken()}`,
    record: { from: userIn(from), startedAtMs: Date.now(), answeredAtMs: 0, endedAtMs: 0 },
  }
  calls.set(callKey, call)
  const body = invite.text.slice(invite.bodyStart)
  const own = `Contact: <sip:here@127.0.0.1:${port}>\r\n${ALLOW}Supported: timer, replaces\r\nContent-Type: application/sdp\r\n`
  ask(call, 'INVITE', newToken(), (branch) => `${headOf(call, 'INVITE', 1, branch)}${own}Content-Length: ${body.length}\r\n\r\n${body}`)
}

function onResponse(message: LazyMessage): void {
  const branch = parameterOf(message.raw(VIA), ';branch=')
  const client = clients.get(branch)
  if (client === undefined) return
  client.isDone = true
  const status = Number(message.uri)
  const { dialogs } = client
  if (status === 100) return
  if (status >= 200) later(5_000, () => clients.delete(branch))
  if (client.method === 'BYE' || dialogs.record.answeredAtMs > 0) return
  const contact = `Contact: <sip:here@127.0.0.1:${port}>\r\n`
  const { invite, caller, server, callerTag } = dialogs
  if (status < 200) server.last = responseTo(invite, caller, `${status} Ringing`, callerTag, contact)
  else {
    dialogs.record.answeredAtMs = Date.now()
    dialogs.toHere = message.raw(TO)
    dialogs.target = /<([^>]+)>/.exec(message.raw(CONTACT))?.[1] ?? ''
    server.last = responseTo(invite, caller, '200 OK', callerTag, contact + ALLOW, message.text.slice(message.bodyStart))
    repeat(server)
  }
  send(server.last, caller.port)
}

function ask(dialogs: Dialogs, method: string, branch: string, write: (branch: string) => string): void {
  const client: Client = { last: write(branch), port: phonePort, isDone: false, method, dialogs }
  clients.set(`z9hG4bK${branch}`, client)
  send(client.last, phonePort)
  repeat(client)
}

function repeat(repeated: Repeated, intervalMs = 500, elapsedMs = 0): void {
  later(intervalMs, () => {
    if (repeated.isDone || elapsedMs > 32_000) return
    send(repeated.last, repeated.port)
    repeat(repeated, Math.min(intervalMs * 2, 4_000), elapsedMs + intervalMs)
  })
}

function requestOf(call: Dialogs, method: string, sequence: number, branch: string): string {
  return `${headOf(call, method, sequence, branch)}Content-Length: 0\r\n\r\n`
}

function headOf(call: Dialogs, method: string, sequence: number, branch: string): string {
  const via = `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${branch};rport\r\n`
  const dialog = `From: ${call.fromHere}\r\nTo: ${call.toHere}\r\nCall-ID: ${call.callId}\r\n`
  return `${method} ${call.target} SIP/2.0\r\n${via}${dialog}CSeq: ${sequence} ${method}\r\nMax-Forwards: 69\r\n`
}

function responseTo(request: LazyMessage, source: RemoteInfo, status: string, toTag: string, headers: string, body = ''): string {
  const via = `${request.raw(VIA).replace(';rport', `;rport=${source.port}`)};received=${source.address}`
  const to = toTag === '' ? request.raw(TO) : `${request.raw(TO)};tag=${toTag}`
  const copied = `Via: ${via}\r\nFrom: ${request.raw(FROM)}\r\nTo: ${to}\r\nCall-ID: ${request.raw(CALL_ID)}\r\nCSeq: ${request.raw(CSEQ)}\r\n`
  const content = body === '' ? '' : 'Content-Type: application/sdp\r\n'
  return `SIP/2.0 ${status}\r\n${copied}${headers}${content}Content-Length: ${body.length}\r\n\r\n${body}`
}

function userIn(address: string): string {
  const start = address.indexOf('sip:') + 4
  return address.slice(start, address.indexOf('@', start))
}

function parameterOf(value: string, name: string): string {
  const start = value.indexOf(name)
  return start < 0 ? '' : (/^[^;>,]*/.exec(value.slice(start + name.length))?.[0] ?? '')
}

function send(text: string, toPort: number): void {
  socket.send(Buffer.from(text, 'latin1'), toPort, '127.0.0.1')
}

function later(delayMs: number, callback: () => void): void {
  wheel[(tick + Math.max(1, Math.ceil(delayMs / TICK_MS))) % SLOTS]?.push(callback)
}

function newToken(): string {
  return (++counter).toString(36) + Math.floor(Math.random() * 1e9).toString(36)
}
