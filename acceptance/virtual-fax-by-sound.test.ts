import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawPaper, type Paper } from '../interop/fax/paper.ts'
import { recordOf } from './call-records.ts'
import { eventually } from './eventually.ts'
import { FaxSender, readFaxDocument } from './phones/fax-machine.ts'
import { isSpanDspAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { type Account, done, type Identified, type SipLogin, Tenant, unique } from './tenant.ts'

/** As sound a page takes as long as at a telephone: V.27 ter is slow. */
const FAX_MS = 120_000

interface FaxMessage extends Identified {
  readonly stationId: string
  readonly lengthInPages: number
  readonly badRows: number
  readonly complete: boolean
}

interface Mail {
  readonly to: string
  readonly attachment?: { readonly fileName: string; readonly mediaType: string }
}

interface Trace {
  readonly events: readonly { readonly type: string; readonly detail: Readonly<Record<string, unknown>> }[]
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
async function makeLine(): Promise<{ readonly messages: string; readonly number: string; readonly recipient: string }> {
  const [number, recipient] = [await account.addNumber(), `${unique('fax')}@example.com`]
  const { id } = done(await account.http.post<Identified>(`${account.path}/vfax`, { name: unique('Fax '), emailAddresses: [recipient] }))
  done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType: 'VFAX', referenceId: id }))
  return { messages: `${account.path}/vfax/${id}/message`, number, recipient }
}

async function dial(number: string, papers: readonly Paper[], options: readonly string[] = []): Promise<FaxSender> {
  const phone = await ScriptedPhone.open(account.tenant.platform, login)
  phones.push(phone)
  const sender = await FaxSender.dial(phone, number, papers, { hasModem: true, options })
  senders.push(sender)
  return sender
}

describe.skipIf(isSpanDspAbsent())('a virtual fax line and SpanDSP with its modems, in G.711', { concurrent: true, timeout: FAX_MS * 2 }, () => {
  it.for([
    ['V.27 ter, error correction mode', ['--modems', 'v27ter'], true],
    ['V.27 ter, Modified READ', ['--modems', 'v27ter', '--no-ecm', '--compression', 'mr'], false],
    ['V.29 of a machine that has V.17 too, error correction mode', [], true],
    ['V.29, Modified Huffman', ['--modems', 'v29', '--no-ecm', '--compression', 'mh'], false],
    // The first commands are asked three times, of which a packet that is lost spoils one in eight: here it is about pages.
    ['V.29, error correction mode, one packet of a hundred lost', ['--modems', 'v29', '--loss', '0.01', '--loss-after', '10', '--seed', '11'], true],
  ] as const)('takes the pages pel by pel, keeps and mails them: %s', async ([, options, errorCorrectionEnabled]) => {
    const { messages, number, recipient } = await makeLine()
    const papers = [drawPaper(100), drawPaper(60, 2)]
    const sender = await dial(number, papers, options)
    expect(await sender.call.finalStatus()).toBe(200)
    sender.begin()
    await sender.call.ended(FAX_MS)
    await eventually('the sender’s view', 10_000, () => sender.machine.result)
    expect(sender.machine.result).toEqual({ code: 0, text: 'OK' })

    const fax = await eventually('the fax', 10_000, async () => done(await account.http.get<readonly FaxMessage[]>(messages))[0])
    expect(fax).toMatchObject({ stationId: '+1 385 555 0142', lengthInPages: 2, badRows: 0, complete: true })
    const pages = await readFaxDocument(await account.http.getBytes(`${messages}/${fax.id}/content`))
    expect(pages.map((page, index) => page.equals(Buffer.concat(papers[index]?.rows ?? [])))).toEqual([true, true])
    const mail = await eventually('the mail', 10_000, async () =>
      done(await account.tenant.http.get<readonly Mail[]>('/v2/sandbox/messages')).find(({ to }) => to === recipient),
    )
    expect(mail.attachment).toMatchObject({ mediaType: 'application/pdf' })
    const record = await recordOf(account, sender.call.callId)
    // Which rate it is depends on how the machines keep time, on a busy processor.
    const mediaInfo = { type: 'audio', codec: 'G711', errorCorrectionEnabled, bitRate: expect.any(Number) as number }
    expect(record).toMatchObject({ callFlagType: 'ANSWERED', applicationData: { type: 'vfax-success', totalPageCount: 2, badRows: 0, mediaInfo } })
    const { events } = done(await account.http.get<Trace>(`${account.path}/calls/${record.sessionId}/trace`))
    expect(events).toContainEqual(expect.objectContaining({ type: 'reinviteRejected', detail: expect.objectContaining({ statusCode: 488 }) }))
    expect(events).toContainEqual(expect.objectContaining({ type: 'faxReceived', detail: expect.objectContaining({ code: 'Completed', pageCount: 2 }) }))
  })

  it('goes on by sound where the caller answers the offer of T.38 with a stream of no port', async () => {
    const { messages, number } = await makeLine()
    const papers = [drawPaper(60)]
    const sender = await dial(number, papers)
    sender.call.takesOffer = () => ({ status: 200, body: sender.machine.description.replace(/m=audio \d+ RTP\/AVP 0/, 'm=image 0 udptl t38') })
    expect(await sender.call.finalStatus()).toBe(200)
    sender.begin()
    await sender.call.ended(FAX_MS)
    const fax = await eventually('the fax', 10_000, async () => done(await account.http.get<readonly FaxMessage[]>(messages))[0])
    expect(fax).toMatchObject({ lengthInPages: 1, badRows: 0, complete: true })
    expect(await recordOf(account, sender.call.callId)).toMatchObject({ applicationData: { type: 'vfax-success', mediaInfo: { type: 'audio' } } })
  })
})
