import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import type { ErrorBody } from './http-client.ts'
import { type Account, done, type Identified, Tenant, unique, uniqueMac } from './tenant.ts'

interface NumberBody {
  readonly referenceType?: string
  readonly referenceId?: string
}

let tenant: Tenant
let account: Account

beforeAll(async () => {
  tenant = await Tenant.logIn()
})
beforeEach(async () => {
  account = await tenant.createAccount()
})

const make = async (path: string, body: object): Promise<string> => done(await tenant.http.post<Identified>(`${account.path}/${path}`, body)).id
const pointAt = (number: string, referenceType: string, referenceId: string) =>
  tenant.http.patch<NumberBody & ErrorBody>(`${account.path}/telephonenumber/${number}`, { referenceType, referenceId })

/** One object of each kind that a number may ring, by the words of both guides. */
async function destinations(): Promise<readonly (readonly [string, string])[]> {
  const { userId } = await account.createUser('4000')
  const menu = { name: unique('Menu '), ivrComponents: [{ id: 'in', type: 'INCOMING' }, { id: 'u', type: 'USER', userId }], ivrComponentMappings: [{ fromIvrComponentId: 'in', toIvrComponentId: 'u' }] } // prettier-ignore
  const businessLine = await make('business-line', { name: 'Lobby' })
  const hunting = { '@type': 'SimultaneousHuntingConfiguration', ringTimeoutSeconds: 20, members: [businessLine] }
  const trunk = { trunkName: 'PBX', sipUsername: unique('pbx-'), sipPassword: 'Secret-pbx-1', concurrentCalls: 2 }
  const ivr = await make('ivr', menu)
  return [
    ['END_USER', userId],
    ['SIP_TRUNK', await make('siptrunk_2', trunk)],
    ['IVR', ivr],
    ['AUTO_ATTENDANT', ivr],
    ['BUSINESS_LINE', businessLine],
    ['BUSINESS_LINE_HUNT_GROUP', await make('business-line-hunt-group', { name: 'Doors', huntingConfiguration: hunting })],
    ['LINE_APPEARANCE', (await account.createLine(userId)).lineId],
    ['LINE_HUNTGROUP', await make('hunt-group', { name: unique('Sales '), members: [{ userId }] })],
  ]
}

describe('what a number of the account may ring', () => {
  it('S1-62 S1-85 S1-89: an object of each type of the guides; what is not there is 404, an unknown word 400, and the number rings on what it rang', async () => {
    const number = await account.addNumber()
    for (const [type, id] of await destinations()) {
      const pointed = await pointAt(number, type, id)
      expect([type, pointed.status, pointed.body]).toMatchObject([type, 200, { referenceType: type, referenceId: id }])
      expect([type, (await pointAt(number, type, 'nobody')).status]).toEqual([type, 404])
      expect(done(await tenant.http.get<NumberBody>(`${account.path}/telephonenumber/${number}`))).toMatchObject({ referenceType: type, referenceId: id })
    }
    // No contact center is part of the platform: the word is known, and refused as such.
    expect((await pointAt(number, 'CONTACT_CENTER', 'any')).status).toBe(400)
    expect((await pointAt(number, 'SWITCHBOARD', 'any')).status).toBe(400)
  })

  it('S1-85: said when the number is added, it rings at once', async () => {
    const { userId } = await account.createUser('4000')
    const search = `${tenant.path}/telephonenumber/search?npa=801&maxResults=50`
    const found = done(await tenant.http.get<readonly { phoneNumber: string }[]>(search))
    const number = found[Math.floor(Math.random() * found.length)]?.phoneNumber ?? ''
    await account.addNumber({ telephoneNumbers: [{ phoneNumber: number, referenceType: 'END_USER', referenceId: userId }] })
    expect(done(await tenant.http.get<NumberBody>(`${account.path}/telephonenumber/${number}`))).toMatchObject({
      referenceType: 'END_USER',
      referenceId: userId,
    })
  })

  it('S0-46: a number that emergency calls go out with is not released, whoever asks, until nobody uses it for them', async () => {
    const { userId } = await account.createUser('4000')
    const number = await account.addNumber()
    const line = { userId, deviceId: 'SPA112', lineNumber: 1, macAddress: uniqueMac(), emergencyNumber: number }
    const lineId = await make('deviceline', line)
    const release = () => tenant.http.delete<ErrorBody & { data: { usedBy: readonly unknown[] } }>(`${account.path}/telephonenumber/${number}`)
    const refused = await release()
    expect([refused.status, refused.body.messages, refused.body.data.usedBy]).toMatchObject([400, ['TelephoneNumberInUse'], [{ role: 'emergencyNumber' }]])
    done(await tenant.http.delete(`${account.path}/deviceline/${lineId}`))
    expect((await release()).status).toBeLessThan(300)
  })
})

describe('events of numbers', () => {
  const heard: { readonly event: string; readonly data: Readonly<Record<string, unknown>> }[] = []
  let server: Server

  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = ''
      request.on('data', (piece: Buffer) => (text += piece.toString('utf8')))
      request.on('end', () => {
        heard.push(JSON.parse(text) as (typeof heard)[number])
        response.writeHead(204).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => server.close())

  it('S2-57: assignment, emergency address, directory listing and the state of a port are told to who asked for them', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    done(await tenant.http.post(`${tenant.path}/webhook`, { url, events: ['number.*', 'port.*'] }))
    const { userId } = await account.createUser('4000')
    const number = await account.addNumber()
    await account.assignNumber(number, userId)
    const item = `${account.path}/telephonenumber/${number}`
    done(await tenant.http.patch(item, { directoryListing: { listed: true, type: 'LIST_PUBLISH' } }))
    const address = { streetNumber: '135', streetName: 'Front', streetSuffix: 'St', city: 'Binghamton', state: 'NY', postalCode: '13905', country: 'USA' }
    done(await tenant.http.patch(item, { e911Address: { address } }))
    const about = () => heard.filter(({ data }) => JSON.stringify(data).includes(number))
    await eventually('the events of the number', 10_000, () => (about().length >= 4 ? true : undefined))
    expect(
      new Set(
        about()
          .filter(({ event }) => event === 'number.updated')
          .map(({ data }) => data['changed']),
      ),
    ).toEqual(new Set(['PHONE_NUMBER', 'ADDRESS_DIRECTORY_LISTING', 'ADDRESS_E911']))
    const day = new Date(Date.now() + 30 * 86_400_000)
    while (day.getUTCDay() !== 3) day.setUTCDate(day.getUTCDate() + 1)
    const telephoneNumber = `+1607555${String(1000 + (Date.now() % 9000))}`
    done(
      await tenant.http.post(`${tenant.path}/telephone-number/port`, {
        telephoneNumbers: [telephoneNumber],
        accountId: account.id,
        subscriber: { firstName: 'John', lastName: 'Doe', companyName: 'Acme Corporation', authorizedName: 'John Doe' },
        serviceAddress: { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905' },
        billingTelephoneNumber: telephoneNumber,
        accountNumber: '123456789',
        pin: '1234',
        requestedDate: day.toISOString().slice(0, 10),
        currentProvider: 'AT&T',
      }),
    )
    await eventually('the event of the port', 10_000, () => heard.find(({ event, data }) => event.startsWith('port.') && data['accountId'] === account.id))
  })
})
