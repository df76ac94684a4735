import { newUuid } from '@dialtone/foundation'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import { fillInventory } from '../telephone-numbers/index.ts'
import { keepFax } from './index.ts'

const NUMBER = '18017691000'
let platform: TestControlPlane
let base: string
let otherBase: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  base = await newAccount('fax')
  otherBase = await newAccount('other')
  const place = { functionType: 'ELS', rateCenter: 'PLEASANT GROVE', rateCenterReorderName: 'PLEASANT GROVE', state: 'UT', country: 'USA', prefix: '1801769' }
  const numbers = [{ ...place, phoneNumber: NUMBER, lata: '660', latitude: 40.364, longitude: -111.738 }]
  const now = new Date(platform.time.nowMs())
  await fillInventory(platform.plane.context.database, { partitionId: platform.partitionId, carrierId: 'carrier-1', now, numbers })
})
afterAll(() => platform.stop())

async function newAccount(accountNumber: string): Promise<string> {
  const accounts = `/v2/partition/${platform.partitionId}/account`
  return `${accounts}/${String((await platform.call('POST', accounts, { accountNumber, accountName: 'Fax' })).body['id'])}`
}

const customerServiceRecord = {
  customerType: 'BUSINESS', customerName: 'FAX', businessName: 'Fax', streetNumber: '1', streetName: 'Main', city: 'Lindon', state: 'UT', postalCode: '84042',
} // prettier-ignore

describe('a fax line', () => {
  it('has a name of its own, addresses, each once, and a language of the platform', async () => {
    const wanted = { name: 'Office', emailAddresses: ['fax@example.com', 'desk@example.com'], languageTag: 'fr-CA' }
    const made = await platform.call('POST', `${base}/vfax`, wanted)
    expect(made).toMatchObject({ status: 200, body: wanted })
    const wrong = async (more: object) => (await platform.call('POST', `${base}/vfax`, { ...wanted, name: 'Wrong', ...more })).body['errorCode']
    expect(await wrong({ name: 'office' })).toBe('DuplicateName')
    expect(await wrong({ languageTag: 'tlh' })).toBe('InvalidLanguageTag')
    expect(await wrong({ emailAddresses: ['no address'] })).toMatch(/^Invalid/)
    expect(await wrong({ emailAddresses: ['fax@example.com', 'FAX@example.com'] })).toBe('InvalidEmailAddresses')
    expect(await wrong({ name: undefined })).toBe('NameRequired')
    const item = `${base}/vfax/${String(made.body['id'])}`
    expect((await platform.call('PATCH', item, { emailAddresses: [] })).body).toMatchObject({ ...wanted, emailAddresses: [] })
    expect((await platform.call('PUT', item, { name: 'New' })).body).toMatchObject({ name: 'New', emailAddresses: [], languageTag: 'en-US' })
    expect((await platform.call('GET', `${base}/vfax`)).list).toHaveLength(1)
    expect((await platform.call('GET', item.replace(base, otherBase))).status).toBe(404)
    expect((await platform.call('DELETE', item)).status).toBe(200)
    expect((await platform.call('GET', item)).status).toBe(404)
  })

  it('is rung by a number, and cannot be deleted then', async () => {
    const line = await platform.call('POST', `${base}/vfax`, { name: 'Rings' })
    const added = await platform.call('POST', `${base}/telephonenumber`, {
      telephoneNumbers: [{ phoneNumber: NUMBER, referenceType: 'VFAX', referenceId: line.body['id'] }],
      customerServiceRecord,
      directoryListing: { listed: false },
    })
    expect(added.status, JSON.stringify(added.body)).toBe(200)
    expect((await platform.call('DELETE', `${base}/vfax/${String(line.body['id'])}`)).body).toMatchObject({
      errorCode: 'VfaxInUse',
      data: { usedBy: [{ type: 'TELEPHONE_NUMBER', id: NUMBER }] },
    })
  })
})

describe('a fax that was received', () => {
  const fax = {
    id: newUuid(),
    fromName: 'Desk',
    fromNumber: '12125550142',
    toNumber: NUMBER,
    remoteIdent: '+1 212',
    pageCount: 2,
    badRows: 3,
    isComplete: false,
  }
  const scope = () => systemScope(platform.partitionId, base.split('/').at(-1) ?? '')
  const keep = (lineId: string, id = fax.id) => keepFax(platform.plane.context, SYSTEM_ACTOR, scope(), lineId, { ...fax, id }, documentOf('"%PDF-1.4"'))
  async function* documentOf(text: string): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(Buffer.from(text))
  }

  it('is kept, mailed to everybody in the language of the line, told of, and gone with its line', async () => {
    const { sql } = platform.plane.context.database
    const emailAddresses = ['bureau@example.com', 'accueil@example.com']
    const line = await platform.call('POST', `${base}/vfax`, { name: 'Bureau', emailAddresses, languageTag: 'fr-CA' })
    const id = String(line.body['id'])
    expect((await keep(id)).ok).toBe(true)
    // As after a crash behind the first time: the switch tells again what it is not sure of.
    expect((await keep(id)).ok).toBe(true)
    expect((await platform.call('GET', `${base}/vfax/${id}/message`)).list).toHaveLength(1)
    const [message] = (await platform.call('GET', `${base}/vfax/${id}/message`)).list as readonly Readonly<Record<string, unknown>>[]
    const told = { fromNumber: '12125550142', toPhoneNumber: NUMBER, stationId: '+1 212', messageType: 'FAX', lengthInPages: 2, badRows: 3, complete: false }
    expect(message).toMatchObject({ ...told, virtualFaxLineId: id, sizeInBytes: 10 })
    const item = `${base}/vfax/${id}/message/${String(message?.['id'])}`
    expect((await platform.call('GET', item)).body).toEqual(message)
    const mails = await sql.selectFrom('outgoing_message').selectAll().where('subject', 'like', '%Desk%').orderBy('recipient').execute()
    expect(mails.map(({ recipient }) => recipient)).toEqual(emailAddresses.toSorted())
    expect(mails[0]).toMatchObject({ subject: 'Nouvelle télécopie de Desk', attachment_type: 'application/pdf' })
    expect(mails[0]?.body).toMatch(/2 pages de 12125550142[^]*n’a pas terminé[^]*3 lignes[^]*jointe/)
    const events = await sql.selectFrom('event_outbox').select('type').where('type', '=', 'fax.received').execute()
    expect(events).toHaveLength(1)
    for (const path of [item, `${item}/content`, `${base}/vfax/${id}/message`]) {
      expect((await platform.call('GET', path)).status, path).toBe(200)
      expect((await platform.call('GET', path.replace(base, otherBase))).status, path).toBe(404)
    }
    expect((await platform.call('DELETE', item.replace(base, otherBase))).status).toBe(404)
    expect((await platform.call('DELETE', item)).status).toBe(200)
    expect((await platform.call('GET', `${item}/content`)).status).toBe(404)
    // The switch was not sure of it still: what was deleted does not come back, and is not mailed again.
    expect((await keep(id)).ok).toBe(true)
    expect((await platform.call('GET', `${base}/vfax/${id}/message`)).list).toEqual([])
    expect(await sql.selectFrom('outgoing_message').select('id').where('subject', 'like', '%Desk%').execute()).toHaveLength(emailAddresses.length)
    await expect.poll(() => platform.plane.context.files.open(`fax/${fax.id}`)).toBeUndefined()
    expect((await keep(id, newUuid())).ok).toBe(true)
    expect((await platform.call('DELETE', `${base}/vfax/${id}`)).status).toBe(200)
    expect(await sql.selectFrom('fax_message').select('id').where('line_id', '=', id).execute()).toEqual([])
    expect((await keep(id, newUuid())).ok).toBe(false)
  })
})

describe('outbound fax', () => {
  it('is off until the account has a caller ID of its own for it', async () => {
    const outbound = `${base}/vfax/outbound`
    expect((await platform.call('GET', outbound)).body).toMatchObject({ enabled: false })
    expect((await platform.call('PUT', outbound, { enabled: true })).body['errorCode']).toBe('CallerIdRequired')
    expect((await platform.call('PUT', outbound, { enabled: true, callerId: 'tel' })).body['errorCode']).toBe('InvalidCallerId')
    expect((await platform.call('PUT', outbound, { enabled: true, callerId: '18017691999' })).body).toMatchObject({
      status: 404,
      data: { type: 'TelephoneNumber' },
    })
    expect((await platform.call('GET', outbound)).body).toMatchObject({ enabled: false })
    expect(await platform.call('PUT', outbound, { enabled: true, callerId: '(801) 769-1000' })).toMatchObject({
      status: 200,
      body: { enabled: true, callerId: NUMBER },
    })
    expect((await platform.call('GET', outbound)).body).toMatchObject({ enabled: true, callerId: NUMBER })
    expect((await platform.call('PUT', `${otherBase}/vfax/outbound`, { enabled: true, callerId: NUMBER })).status).toBe(404)
    expect((await platform.call('GET', `${base}/used-by/TELEPHONE_NUMBER/${NUMBER}`)).list).toMatchObject([{ type: 'VFAX_OUTBOUND', role: 'callerId' }])
    expect((await platform.call('DELETE', `${base}/telephonenumber/${NUMBER}`)).status).toBe(400)
    expect((await platform.call('PUT', outbound, {})).body).toEqual({ ...(await platform.call('GET', outbound)).body, enabled: false })
    expect((await platform.call('GET', `${base}/used-by/TELEPHONE_NUMBER/${NUMBER}`)).list).toEqual([])
  })

  it('keeps no account from being deleted: there is nothing to delete before', async () => {
    const accounts = `/v2/partition/${platform.partitionId}/account`
    const path = `${accounts}/${String((await platform.call('POST', accounts, { accountNumber: 'FAX-GOES', accountName: 'Goes' })).body['id'])}`
    expect((await platform.call('PUT', `${path}/vfax/outbound`, { enabled: false })).status).toBe(200)
    expect((await platform.call('DELETE', path)).status).toBe(200)
  })

  it('two at once make one setting', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => platform.call('PUT', `${otherBase}/vfax/outbound`, { enabled: false })))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
  })
})
