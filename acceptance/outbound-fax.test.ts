import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawPaper, type Paper, tiffOf } from '../interop/fax/paper.ts'
import { carrierTrunk } from './carrier-trunk.ts'
import { eventually } from './eventually.ts'
import { FaxMachine, type FaxMachineOptions, readFaxDocument } from './phones/fax-machine.ts'
import type { IncomingPhoneCall } from './phones/phone-call.ts'
import { isSpanDspAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { Platform } from './platform.ts'
import { type Account, done, type Identified, type SipLogin, Tenant, unique } from './tenant.ts'

/** Tone, T.30 and a page or two. */
const FAX_MS = 60_000
const RETRY_SECONDS = 200

interface OutboundFax extends Identified {
  readonly status: string
  readonly toNumber: string
  readonly lengthInPages: number
  readonly pagesSent: number
  readonly attempts: number
  readonly reason?: string
  readonly stationId: string
  readonly callId?: string
}

interface FaxMessage extends Identified {
  readonly stationId: string
}

interface Trace {
  readonly decisions: readonly { readonly steps: readonly { readonly rule: string; readonly outcome: string }[] }[]
  readonly events: readonly { readonly type: string }[]
}

let platform: Platform
let tenant: Tenant
let account: Account
let login: SipLogin
let phone: ScriptedPhone
let callerId: string
let number: string
const machines: FaxMachine[] = []
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  platform = await Platform.start()
  tenant = await Tenant.logIn(platform.address)
  account = await tenant.createAccount()
  const user = await account.createUser('4000', {}, 'none')
  login = await account.createLine(user.userId)
  ;[callerId, number] = [await account.addNumber(), await account.addNumber()]
  await account.assignNumber(number, user.userId)
  phone = await register()
})

afterAll(async () => {
  await Promise.all(machines.map((machine) => machine.close()))
  for (const one of phones) one.close()
  await platform.discard()
})

async function register(): Promise<ScriptedPhone> {
  const opened = await ScriptedPhone.open(platform.address, login)
  phones.push(opened)
  expect(statusOf(await opened.register())).toBe(200)
  return opened
}

const outbound = (): string => `${account.path}/vfax/outbound`

function post(to: string, file: Uint8Array) {
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="fax.tif"\r\nContent-Type: image/tiff\r\n\r\n'
  const content = Buffer.concat([Buffer.from(head), file, Buffer.from('\r\n--b--\r\n')])
  return tenant.http.post<OutboundFax>(`${outbound()}/fax?to=${to}`, undefined, { raw: { content, contentType: 'multipart/form-data; boundary=b' } })
}

async function send(papers: readonly Paper[]): Promise<OutboundFax> {
  const answered = await post(number, tiffOf(papers))
  expect(answered).toMatchObject({ status: 202, body: { status: 'QUEUED', toNumber: number, lengthInPages: papers.length, pagesSent: 0 } })
  return done(answered)
}

const read = async (id: string) => done(await tenant.http.get<OutboundFax>(`${outbound()}/fax/${id}`))
const ends = (id: string) =>
  eventually('the end of the fax', FAX_MS, async () => {
    const fax = await read(id)
    return fax.status === 'SENT' || fax.status === 'FAILED' ? fax : undefined
  })

async function machineAt(given: FaxMachineOptions = {}, at = phone): Promise<FaxMachine> {
  const machine = await FaxMachine.start(at.socket.mediaHost, undefined, given)
  machines.push(machine)
  return machine
}

/** The machine goes over to T.38 by itself, or when it is asked to. */
async function take(called: IncomingPhoneCall, machine: FaxMachine, asks: boolean): Promise<void> {
  called.takesOffer = (offer) => (machine.begin(offer) ? { status: 200, body: machine.description } : { status: 488 })
  await called.answer()
  if (!asks) return
  const agreed = await called.reinvite(machine.description)
  expect(statusOf(agreed)).toBe(200)
  expect(machine.begin(agreed)).toBe(true)
}

/** The machine has a modem, and takes no T.38. */
async function takeBySound(called: IncomingPhoneCall, machine: FaxMachine): Promise<void> {
  called.takesOffer = () => ({ status: 488 })
  expect(machine.begin(called.invite)).toBe(true)
  await called.answer(undefined, machine.description)
}

async function expectPages(machine: FaxMachine, papers: readonly Paper[]): Promise<void> {
  await eventually('the receiver’s view', FAX_MS, () => machine.result)
  expect(machine.result).toEqual({ code: 0, text: 'OK' })
  const pages = await machine.receivedPages()
  expect(pages.map((page, index) => page.equals(Buffer.concat(papers[index]?.rows ?? [])))).toEqual(papers.map(() => true))
}

describe.skipIf(isSpanDspAbsent())('a fax that an account sends, to SpanDSP over T.38', { timeout: FAX_MS * 3 }, () => {
  const papers = [drawPaper(120), drawPaper(60, 2)]

  it('is refused until the account sends faxes, and when it is no document of a fax', async () => {
    expect(await post(number, tiffOf(papers))).toMatchObject({ status: 400, body: { errorCode: 'OutboundFaxDisabled' } })
    done(await tenant.http.put(outbound(), { enabled: true, callerId }))
    expect(await post('911', tiffOf(papers))).toMatchObject({ status: 400, body: { errorCode: 'InvalidTo' } })
    expect(await post(number, Buffer.from('%PDF-1.4'))).toMatchObject({ status: 400, body: { errorCode: 'NotTiff' } })
    expect(await post(number, tiffOf(papers).subarray(0, 9_000))).toMatchObject({ status: 400, body: { errorCode: 'DamagedTiff' } })
  })

  it.for([
    ['asks for T.38', true],
    ['is asked for it', false],
  ] as const)('comes pel by pel to a receiver that %s, with a record and the reason', async ([, asks]) => {
    const { id } = await send(papers)
    const called = await phone.nextCall()
    expect(called.invite.body).toContain('m=audio')
    const machine = await machineAt()
    await take(called, machine, asks)
    await expectPages(machine, papers)
    const fax = await ends(id)
    expect(fax).toMatchObject({ status: 'SENT', pagesSent: 2, attempts: 1, stationId: '+1 385 555 0143' })
    const record = await eventually('the record', 10_000, async () => (await account.callRecords()).find(({ sessionId }) => sessionId === fax.callId))
    expect(record).toMatchObject({ callFlagType: 'ANSWERED', applicationData: { type: 'vfax-success', totalPageCount: 2 } })
  })

  it('is tried again when the receiver is busy, and goes by V.27 ter in G.711 when it takes no T.38 (488)', async () => {
    const { id } = await send(papers)
    ;(await phone.nextCall()).reject(486)
    const waiting = await eventually('the next try', 15_000, async () => {
      const fax = await read(id)
      return fax.attempts === 1 ? fax : undefined
    })
    expect(waiting).toMatchObject({ status: 'QUEUED', pagesSent: 0 })
    done(await tenant.http.post('/v2/sandbox/clock/advance', { seconds: RETRY_SECONDS }))
    const called = await phone.nextCall()
    const machine = await machineAt({ hasModem: true, options: ['--modems', 'v27ter'] })
    await takeBySound(called, machine)
    await expectPages(machine, papers)
    const fax = await ends(id)
    expect(fax).toMatchObject({ status: 'SENT', pagesSent: 2, attempts: 2, stationId: '+1 385 555 0143' })
    const mediaInfo = { type: 'audio', codec: 'G711', errorCorrectionEnabled: true }
    expect(await recordOf(fax)).toMatchObject({ callFlagType: 'ANSWERED', applicationData: { type: 'vfax-success', totalPageCount: 2, mediaInfo } })
    done(await tenant.http.delete(`${outbound()}/fax/${id}`))
    expect((await tenant.http.get(`${outbound()}/fax/${id}`)).status).toBe(404)
  })

  const page = [drawPaper(60)]
  const recordOf = (fax: OutboundFax, of = account) =>
    eventually('the record', 10_000, async () => (await of.callRecords()).find(({ sessionId }) => sessionId === fax.callId))

  it('goes to a machine behind a carrier, by T.38 or, where the carrier takes none, by V.29 in G.711', async () => {
    const carrier = await ScriptedPhone.open(platform.address, { sipUsername: 'carrier', sipPassword: '' })
    phones.push(carrier)
    const trunk = carrierTrunk(account, carrier.socket.localPort, { type: 'peer', ping_interval: 0 })
    const { id: trunkId } = done(await tenant.http.put<{ data: Identified }>('/siptrunk/new', trunk)).data
    done(await tenant.http.post(`/siptrunk/${trunkId}`, { status: 'active' }))
    const sent = done(await post('12125550142', tiffOf(page)))
    const called = await carrier.nextCall()
    expect(called.invite.startLine).toContain('12125550142')
    const machine = await machineAt({}, carrier)
    await take(called, machine, false)
    await expectPages(machine, page)
    const fax = await ends(sent.id)
    expect(fax).toMatchObject({ status: 'SENT', pagesSent: 1, attempts: 1, stationId: '+1 385 555 0143' })
    expect(await recordOf(fax)).toMatchObject({ callType: 'OUTBOUND', callFlagType: 'ANSWERED', applicationData: { type: 'vfax-success', totalPageCount: 1 } })
    const { id } = done(await post('12125550142', tiffOf(page)))
    const modem = await machineAt({ hasModem: true }, carrier)
    await takeBySound(await carrier.nextCall(), modem)
    await expectPages(modem, page)
    const bySound = await ends(id)
    expect(bySound).toMatchObject({ status: 'SENT', pagesSent: 1, attempts: 1 })
    const mediaInfo = { type: 'audio', codec: 'G711', errorCorrectionEnabled: true }
    expect(await recordOf(bySound)).toMatchObject({ callType: 'OUTBOUND', applicationData: { type: 'vfax-success', mediaInfo } })
    done(await tenant.http.delete(`/siptrunk/${trunkId}?force=true`))
  })

  it('goes to a number of another account, whose record tells of it too', async () => {
    const other = await tenant.createAccount()
    const user = await other.createUser('4000', {}, 'none')
    const theirs = await ScriptedPhone.open(platform.address, await other.createLine(user.userId))
    phones.push(theirs)
    expect(statusOf(await theirs.register())).toBe(200)
    const theirNumber = await other.addNumber()
    await other.assignNumber(theirNumber, user.userId)
    const { id } = done(await post(theirNumber, tiffOf(page)))
    const machine = await machineAt({}, theirs)
    await take(await theirs.nextCall(), machine, true)
    await expectPages(machine, page)
    const fax = await ends(id)
    expect(fax).toMatchObject({ status: 'SENT', pagesSent: 1, attempts: 1 })
    expect(await recordOf(fax)).toMatchObject({ callFlagType: 'ANSWERED', applicationData: { type: 'vfax-success' } })
    expect(await recordOf(fax, other)).toMatchObject({ callType: 'INBOUND', callFlagType: 'ANSWERED' })
  })

  it.for([
    ['the same account', false],
    ['another account', true],
  ] as const)('comes pel by pel to a virtual fax line of %s, with the records of both ends', { timeout: FAX_MS * 2 }, async ([, isAnother]) => {
    const receiver = isAnother ? await tenant.createAccount() : account
    const line = done(await tenant.http.post<Identified>(`${receiver.path}/vfax`, { name: unique('Ours '), emailAddresses: [`${unique('fax')}@example.com`] }))
    const ours = await receiver.addNumber()
    done(await tenant.http.patch(`${receiver.path}/telephonenumber/${ours}`, { referenceType: 'VFAX', referenceId: line.id }))
    const sheets = isAnother ? page : papers
    const { id } = done(await post(ours, tiffOf(sheets)))
    const fax = await ends(id)
    expect(fax).toMatchObject({ status: 'SENT', pagesSent: sheets.length, attempts: 1, stationId: `+${ours}` })
    const messages = `${receiver.path}/vfax/${line.id}/message`
    const message = await eventually('the fax', 10_000, async () => done(await tenant.http.get<readonly FaxMessage[]>(messages))[0])
    const told = { fromNumber: callerId, toPhoneNumber: ours, stationId: `+${callerId}`, lengthInPages: sheets.length, badRows: 0, complete: true }
    expect(message).toMatchObject(told)
    const pages = await readFaxDocument(await tenant.http.getBytes(`${messages}/${message.id}/content`))
    expect(pages.map((got, index) => got.equals(Buffer.concat(sheets[index]?.rows ?? [])))).toEqual(sheets.map(() => true))

    const applicationData = { type: 'vfax-success', totalPageCount: sheets.length, badRows: 0, mediaInfo: { type: 't38', errorCorrectionEnabled: true } }
    const sent = { callFlagType: 'ANSWERED', origNumber: callerId, termNumber: ours, reasonCode: 'FaxSent', cost: 0, applicationData }
    expect(await recordOf(fax)).toMatchObject({ ...sent, callType: 'OUTBOUND' })
    if (isAnother) expect(await recordOf(fax, receiver)).toMatchObject({ ...sent, callType: 'INBOUND' })
    const { decisions, events } = done(await tenant.http.get<Trace>(`${account.path}/calls/${fax.callId}/trace`))
    expect(decisions.flatMap(({ steps }) => steps.map(({ rule, outcome }) => `${rule}: ${outcome}`))).toContain('fax-line: receives the fax')
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['faxSent', 'faxReceived']))
  })

  it('is not sent to what is no fax machine of this platform, which is said at once', async () => {
    const room = await account.addNumber()
    const { id: referenceId } = done(await tenant.http.post<Identified>(`${account.path}/conference-room`, { name: 'Room', extension: '4300' }))
    done(await tenant.http.patch(`${account.path}/telephonenumber/${room}`, { referenceType: 'CONFERENCE_ROOM', referenceId }))
    const { id } = done(await post(room, tiffOf(page)))
    expect(await ends(id)).toMatchObject({ status: 'FAILED', reason: 'DestinationNotAvailable', pagesSent: 0, attempts: 1 })
  })

  it('goes on after a crash with the page that was not confirmed', async () => {
    const long = [drawPaper(40), drawPaper(500, 2)]
    const { id } = await send(long)
    const machine = await machineAt()
    await take(await phone.nextCall(), machine, true)
    await eventually('the first page to be confirmed', FAX_MS, async () => ((await read(id)).pagesSent === 1 ? true : undefined))
    await platform.kill9()
    await platform.start()
    tenant = await Tenant.logIn(platform.address)
    phone = await register()
    // What the clock was ahead by is gone with the process.
    done(await tenant.http.post('/v2/sandbox/clock/advance', { seconds: 2 * RETRY_SECONDS }))
    const rest = await machineAt()
    await take(await phone.nextCall(), rest, true)
    await expectPages(rest, long.slice(1))
    expect(await ends(id)).toMatchObject({ status: 'SENT', pagesSent: 2 })
  })
})
