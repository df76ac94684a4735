import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawPaper, type Paper } from '../interop/fax/paper.ts'
import { recordOf } from './call-records.ts'
import { eventually } from './eventually.ts'
import { type FaxDialOptions, FaxSender, readFaxDocument } from './phones/fax-machine.ts'
import { isSpanDspAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { type Account, type CallRecord, done, type Identified, type SipLogin, Tenant, unique } from './tenant.ts'

/** Tone, T.30 and a page or two; several calls at once on a busy machine. */
const FAX_MS = 60_000
const CED_HZ = 2_100

interface FaxMessage extends Identified {
  readonly fromNumber: string
  readonly toPhoneNumber: string
  readonly stationId: string
  readonly lengthInPages: number
  readonly badRows: number
  readonly complete: boolean
  readonly sizeInBytes: number
}

interface Mail extends Identified {
  readonly to: string
  readonly body: string
  readonly attachment?: { readonly fileName: string; readonly mediaType: string }
}

interface Trace {
  readonly decisions: readonly { readonly steps: readonly { readonly rule: string; readonly outcome: string }[] }[]
  readonly events: readonly { readonly type: string; readonly detail: Readonly<Record<string, unknown>> }[]
  readonly messages: readonly { readonly direction: string; readonly method: string; readonly statusCode?: number }[]
}

let account: Account
let login: SipLogin
const phones: ScriptedPhone[] = []
const senders: FaxSender[] = []

beforeAll(async () => {
  const tenant = await Tenant.logIn()
  account = await tenant.createAccount()
  const user = await account.createUser('4000', {}, 'none')
  login = await account.createLine(user.userId)
})

afterAll(async () => {
  await Promise.all(senders.map(({ machine }) => machine.close()))
  for (const phone of phones) phone.close()
})

/** A fax line of its own, its number, and who gets its mail. */
async function makeLine(): Promise<{ readonly line: string; readonly number: string; readonly recipient: string }> {
  const [number, recipient] = [await account.addNumber(), `${unique('fax')}@example.com`]
  const { id } = done(await account.http.post<Identified>(`${account.path}/vfax`, { name: unique('Fax '), emailAddresses: [recipient] }))
  done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType: 'VFAX', referenceId: id }))
  return { line: `${account.path}/vfax/${id}`, number, recipient }
}

async function dial(to: string, papers: readonly Paper[], given: FaxDialOptions = {}): Promise<FaxSender> {
  const phone = await ScriptedPhone.open(account.tenant.platform, login)
  phones.push(phone)
  const sender = await FaxSender.dial(phone, to, papers, given)
  senders.push(sender)
  return sender
}

const faxesOf = async (line: string) => done(await account.http.get<readonly FaxMessage[]>(`${line}/message`))
const theFax = (line: string) => eventually('the fax', FAX_MS, async () => (await faxesOf(line))[0])
const mailTo = (recipient: string) =>
  eventually('the mail', 8_000, async () => done(await account.tenant.http.get<readonly Mail[]>('/v2/sandbox/messages')).find(({ to }) => to === recipient))
const traceOf = async (record: CallRecord) => done(await account.http.get<Trace>(`${account.path}/calls/${record.sessionId}/trace`))

describe.skipIf(isSpanDspAbsent())('a virtual fax line and SpanDSP, over T.38', { concurrent: true, timeout: FAX_MS * 2 }, () => {
  it('answers with the tone of a fax machine, takes the pages pel by pel though datagrams are lost, and mails them as PDF', async () => {
    const { line, number, recipient } = await makeLine()
    const papers = [drawPaper(120), drawPaper(60, 2)]
    const sender = await dial(number, papers, { options: ['--loss', '0.05', '--seed', '3'] })
    expect(await sender.call.finalStatus()).toBe(200)
    await eventually('T.38', 10_000, () => sender.offer)
    await eventually('the tone of a fax machine', 5_000, () => (sender.call.media.heardOnce(CED_HZ) ? true : undefined))
    expect(sender.offer?.body).toMatch(/m=image \d+ udptl t38\r\n/)
    await sender.call.ended(FAX_MS)
    await eventually('the sender’s view', 5_000, () => sender.machine.result)
    expect(sender.machine.result).toEqual({ code: 0, text: 'OK' })

    const fax = await theFax(line)
    expect(fax).toMatchObject({ fromNumber: '4000', toPhoneNumber: number, stationId: '+1 385 555 0142', lengthInPages: 2, badRows: 0, complete: true })
    const document = await account.http.getBytes(`${line}/message/${fax.id}/content`)
    expect(document.length).toBe(fax.sizeInBytes)
    const pages = await readFaxDocument(document)
    for (const [index, { rows }] of papers.entries()) expect(pages[index]?.equals(Buffer.concat(rows)), `page ${index + 1}`).toBe(true)

    const mail = await mailTo(recipient)
    expect(mail.attachment).toMatchObject({ fileName: expect.stringMatching(/^fax-[0-9-]+\.pdf$/) as string, mediaType: 'application/pdf' })
    expect(await account.tenant.http.getBytes(`/v2/sandbox/messages/${mail.id}/attachment`)).toEqual(document)

    const record = await recordOf(account, sender.call.callId)
    expect(record).toMatchObject({
      callFlagType: 'ANSWERED',
      applicationData: { type: 'vfax-success', totalPageCount: 2, badRows: 0, resolution: '204x196', mediaInfo: { type: 't38', errorCorrectionEnabled: true } },
    })
    const { decisions, events } = await traceOf(record)
    const explained = done(await account.tenant.http.post<Trace>(`${account.tenant.path}/routing/explain`, { from: login.lineId, to: number }))
    const stepsOf = (told: Trace['decisions']) => told.flatMap(({ steps }) => steps.map(({ rule, outcome }) => `${rule}: ${outcome}`))
    expect(stepsOf(decisions)).toContain('fax-line: receives the fax')
    expect(stepsOf(decisions)).toEqual(stepsOf(explained.decisions))
    expect(events).toContainEqual(expect.objectContaining({ type: 'faxReceived', detail: expect.objectContaining({ code: 'Completed', pageCount: 2 }) }))
    // A line goes with what it has received.
    done(await account.http.delete(`${line}/message/${fax.id}`))
    expect(await faxesOf(line)).toEqual([])
  })

  it('takes the T.38 that a caller offers with its first INVITE (ITU-T T.38 annex D)', async () => {
    const { line, number } = await makeLine()
    const paper = drawPaper(80)
    const sender = await dial(number, [paper], { isFaxFirst: true })
    expect(await sender.call.finalStatus()).toBe(200)
    sender.begin()
    await sender.call.ended(FAX_MS)
    await eventually('the sender’s view', 5_000, () => sender.machine.result)
    expect(sender.machine.result).toEqual({ code: 0, text: 'OK' })
    expect(sender.offer).toBeUndefined()
    const fax = await theFax(line)
    expect(fax).toMatchObject({ lengthInPages: 1, badRows: 0, complete: true })
    expect((await readFaxDocument(await account.http.getBytes(`${line}/message/${fax.id}/content`)))[0]?.equals(Buffer.concat(paper.rows))).toBe(true)
    expect(await recordOf(account, sender.call.callId)).toMatchObject({ callFlagType: 'ANSWERED', applicationData: { type: 'vfax-success' } })
  })

  it('hangs up a caller that refuses T.38 (488), and is no fax machine by its sound either, and the trace says so', async () => {
    const { line, number } = await makeLine()
    const sender = await dial(number, [drawPaper(8)])
    sender.call.takesOffer = () => ({ status: 488 })
    expect(await sender.call.finalStatus()).toBe(200)
    // T1 of T.30 5.4.3.2: 35 s, and the tone before.
    await sender.call.ended(FAX_MS)
    const record = await recordOf(account, sender.call.callId)
    expect(record).toMatchObject({ reasonCode: 'NoFaxReceived', applicationData: { type: 'vfax-setup-failure' } })
    const { events, messages } = await traceOf(record)
    expect(events).toContainEqual(expect.objectContaining({ type: 'reinviteRejected', detail: expect.objectContaining({ statusCode: 488 }) }))
    expect(events).toContainEqual(expect.objectContaining({ type: 'faxReceived', detail: expect.objectContaining({ code: 'NoFaxMachine' }) }))
    expect(messages).toContainEqual(expect.objectContaining({ direction: 'in', method: 'INVITE', statusCode: 488 }))
    expect(await faxesOf(line)).toEqual([])
  })

  it('keeps and mails what came before the sender died in the middle of a page', async () => {
    const { line, number, recipient } = await makeLine()
    const sender = await dial(number, [drawPaper(40), drawPaper(2_000, 2)], { options: ['--no-ecm', '--dies-on-page', '2'] })
    expect(await sender.call.finalStatus()).toBe(200)
    const fax = await theFax(line)
    expect(fax).toMatchObject({ lengthInPages: 2, complete: false })
    expect((await mailTo(recipient)).body).toContain('The sender did not finish')
    await sender.call.ended(5_000)
    const pages = await readFaxDocument(await account.http.getBytes(`${line}/message/${fax.id}/content`))
    expect(pages[0]?.equals(Buffer.concat(drawPaper(40).rows))).toBe(true)
    expect(await recordOf(account, sender.call.callId)).toMatchObject({ reasonCode: 'FaxIncomplete', applicationData: { type: 'vfax-failure' } })
  })
})
