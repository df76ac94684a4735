import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawPaper, type Paper } from '../interop/fax/paper.ts'
import { eventually } from './eventually.ts'
import { FaxSender, readFaxDocument } from './phones/fax-machine.ts'
import { isSpanDspAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { Platform } from './platform.ts'
import { type Account, done, type Identified, type SipLogin, Tenant } from './tenant.ts'

const FAX_MS = 60_000

interface FaxMessage extends Identified {
  readonly lengthInPages: number
  readonly complete: boolean
}

let platform: Platform
let account: Account
let login: SipLogin
const senders: FaxSender[] = []
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  platform = await Platform.start()
  const tenant = await Tenant.logIn(platform.address)
  account = await tenant.createAccount()
  login = await account.createLine((await account.createUser('4000', {}, 'none')).userId)
})

afterAll(async () => {
  await Promise.all(senders.map(({ machine }) => machine.close()))
  for (const phone of phones) phone.close()
  await platform.discard()
})

async function dial(number: string, papers: readonly Paper[]): Promise<FaxSender> {
  const phone = await ScriptedPhone.open(platform.address, login)
  phones.push(phone)
  const sender = await FaxSender.dial(phone, number, papers)
  senders.push(sender)
  expect(await sender.call.finalStatus()).toBe(200)
  return sender
}

describe.skipIf(isSpanDspAbsent())('a virtual fax line of a server that is killed', { timeout: FAX_MS * 3 }, () => {
  it('has the page that was confirmed to the sender, once and marked as incomplete; and it takes faxes without switch workers', async () => {
    const [number, recipient] = [await account.addNumber(), 'killed@example.com']
    const { id } = done(await account.http.post<Identified>(`${account.path}/vfax`, { name: 'Office', emailAddresses: [recipient] }))
    done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType: 'VFAX', referenceId: id }))
    const papers = [drawPaper(40), drawPaper(2_000, 2)]
    const { machine } = await dial(number, papers)
    await eventually('the first page to be confirmed', FAX_MS, () => (machine.pagesConfirmed === 1 ? true : undefined))
    await platform.kill9()

    await platform.start({ DIALTONE_SWITCH_WORKERS: '0' })
    const tenant = await Tenant.logIn(platform.address)
    const line = `${account.path}/vfax/${id}`
    const faxes = async () => done(await tenant.http.get<readonly FaxMessage[]>(`${line}/message`))
    const [found, ...others] = await faxes()
    expect(found).toMatchObject({ lengthInPages: 1, complete: false })
    expect(others).toEqual([])
    const pages = await readFaxDocument(await tenant.http.getBytes(`${line}/message/${found?.id ?? ''}/content`))
    expect(pages.map((page) => page.equals(Buffer.concat(papers[0]?.rows ?? [])))).toEqual([true])
    const mails = async () => done(await tenant.http.get<readonly { to: string; body: string }[]>('/v2/sandbox/messages')).filter(({ to }) => to === recipient)
    await eventually('the mail', 8_000, async () => ((await mails()).length > 0 ? true : undefined))
    expect((await mails()).map(({ body }) => body.includes('The sender did not finish'))).toEqual([true])

    await (await dial(number, [drawPaper(30)])).call.ended(FAX_MS)
    const latest = await eventually('the second fax', 5_000, async () => (await faxes()).find(({ complete }) => complete))
    expect(latest.lengthInPages).toBe(1)
    expect(await faxes()).toHaveLength(2)
  })
})
