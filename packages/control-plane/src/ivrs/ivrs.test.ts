import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillInventory } from '../telephone-numbers/index.ts'
import { ivrProblems } from './ivr-problems.ts'

let platform: TestControlPlane
let base: string
let userId: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  const account = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'ivr', accountName: 'Menus' })
  base = `/v2/partition/${platform.partitionId}/account/${String(account.body['id'])}`
  userId = String((await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'Menu', extension: '4000' })).body['id'])
})
afterAll(() => platform.stop())

const failure = { id: 'f', type: 'MENU_FAILURE', menuTimeout: 5, invalidSelectionPrompt: '', maxInvalidSelections: 3 } as const
const menu = (digits: readonly string[]) =>
  ({ id: 'm', type: 'MENU', initPromptId: '', allowBargeInDuringInitPrompt: true, menuPromptId: '', menuRepeatDelay: 5, dtmf: digits.map((digit) => ({ id: `d${digit}`, type: 'DTMF', digit })), failure }) as const // prettier-ignore
const incoming = { id: 'in', type: 'INCOMING' } as const
const way = (fromIvrComponentId: string, toIvrComponentId: string) => ({ fromIvrComponentId, toIvrComponentId })
const tree = (name: string, more: object = {}) => ({
  name,
  ivrComponents: [incoming, menu(['1']), { id: 'u', type: 'USER', userId }, { id: 'h', type: 'HANGUP', goodBye: '' }],
  ivrComponentMappings: [way('in', 'm'), way('d1', 'u'), way('f', 'h')],
  ...more,
})
/** An eighth of a second of G.711. */
async function uploadSound(): Promise<string> {
  const sound = Buffer.from(`RIFF\x0c\x04\0\0WAVEfmt \x10\0\0\0\x07\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\xe8\x03\0\0${'U'.repeat(1000)}`, 'latin1')
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="Menu.wav"\r\nContent-Type: audio/wav\r\n\r\n'
  const headers = { 'x-auth-token': platform.token, 'content-type': 'multipart/form-data; boundary=b' }
  const payload = Buffer.concat([Buffer.from(head), sound, Buffer.from('\r\n--b--\r\n')])
  const reply = await platform.plane.http.inject({ method: 'POST', url: `${base}/media_2`, headers, payload })
  return reply.json<{ id: string }>().id
}

const reasons = (components: readonly object[], mappings: readonly object[]) =>
  ivrProblems({ name: 'x', ivrComponents: components as never, ivrComponentMappings: mappings as never }).map((problem) => problem.reason)

describe('an IVR', () => {
  it('is kept as it was given, keeps the users it leads to, and a number can ring it', async () => {
    const made = await platform.call('POST', `${base}/ivr`, tree('Main'))
    expect(made).toMatchObject({ status: 200, body: tree('Main') })
    expect((await platform.call('DELETE', `${base}/user/${userId}`)).body).toMatchObject({
      errorCode: 'EndUserInUse',
      data: { usedBy: [{ type: 'IVR', name: 'Main' }] },
    })
    const ivrId = String(made.body['id'])
    const number = '18017691000'
    const place = { functionType: 'ELS', rateCenter: 'PLEASANT GROVE', rateCenterReorderName: 'PLEASANT GROVE', state: 'UT', country: 'USA', prefix: '1801769' }
    const numbers = [{ ...place, phoneNumber: number, lata: '660', latitude: 40.364, longitude: -111.738 }]
    const { database } = platform.plane.context
    await fillInventory(database, { partitionId: platform.partitionId, carrierId: 'carrier-1', now: new Date(platform.time.nowMs()), numbers })
    const csr = {
      customerType: 'BUSINESS',
      customerName: 'MENUS',
      businessName: 'Menus',
      streetNumber: '1',
      streetName: 'Main',
      city: 'Lindon',
      state: 'UT',
      postalCode: '84042',
    }
    const added = await platform.call('POST', `${base}/telephonenumber`, {
      telephoneNumbers: [{ phoneNumber: number, referenceType: 'AUTO_ATTENDANT', referenceId: ivrId }],
      customerServiceRecord: csr,
      directoryListing: { listed: false },
    })
    expect(added.status, JSON.stringify(added.body)).toBe(200)
    expect((await platform.call('DELETE', `${base}/ivr/${ivrId}`)).body).toMatchObject({
      errorCode: 'IVRInUse',
      data: { usedBy: [{ type: 'TELEPHONE_NUMBER', id: number }] },
    })
  })

  it('in the short form is the same tree', async () => {
    const made = await platform.call('POST', `${base}/ivr`, {
      name: 'Short',
      greeting: 'Hello',
      options: [{ digit: '1', action: 'TRANSFER', destination: '4000' }],
      timeout: 7,
    })
    expect(made.body['ivrComponents']).toMatchObject([
      { type: 'INCOMING' },
      { type: 'MENU', menuPromptText: 'Hello', menuRepeatDelay: 7 },
      { type: 'FORWARD', toNumber: '4000' },
      { type: 'HANGUP' },
    ])
  })

  it('says its texts where no recording says them', async () => {
    const recording = await uploadSound()
    const { body } = await platform.call('POST', `${base}/ivr`, {
      ...tree('Spoken'),
      ivrComponents: [
        incoming,
        { ...menu(['1']), initPromptText: 'Welcome.', menuPromptId: recording, menuPromptText: 'Press one.' },
        { id: 'u', type: 'USER', userId },
        { id: 'h', type: 'HANGUP', goodBye: '' },
      ],
    })
    const step = () => platform.plane.view.snapshotOf(base.split('/').at(-1) ?? '')?.services.menus.get(String(body['id']))?.steps['m']
    expect(step()).toMatchObject({ greeting: [{ text: 'Welcome.' }], prompt: [{ recordingKey: expect.stringMatching(/^media\//) as string }] })
    await platform.call('PATCH', `${base}/ivr/${String(body['id'])}`, {
      ivrComponents: [incoming, { ...menu(['1']), initPromptText: ' ' }, { id: 'u', type: 'USER', userId }, { id: 'h', type: 'HANGUP', goodBye: '' }],
    })
    expect(step()).toMatchObject({ greeting: [], prompt: [] })
  })

  it('in the short form replaces the tree, and is not passed over beside one', async () => {
    const options = [{ digit: '2', action: 'TRANSFER', destination: '4000' }]
    const made = await platform.call('POST', `${base}/ivr`, { name: 'Two forms', greeting: 'Hello', options, top: '1', fixedPosition: true })
    expect(made.body).toMatchObject({ top: '1', fixedPosition: true })
    const item = `${base}/ivr/${String(made.body['id'])}`
    const changed = await platform.call('PATCH', item, { greeting: 'Bye', options: [{ ...options[0], digit: '3' }] })
    expect(changed.body['ivrComponents']).toMatchObject([{}, { menuPromptText: 'Bye', dtmf: [{ digit: '3' }] }, {}, {}])
    expect((await platform.call('PATCH', item, { timeout: 9 })).body).toMatchObject({ status: 400, details: [{ field: 'timeout' }] })
    const { ivrComponents, ivrComponentMappings } = changed.body
    const refused = await platform.call('PUT', item, { name: 'Two forms', ivrComponents, ivrComponentMappings, options })
    expect(refused.body).toMatchObject({ errorCode: 'InvalidOptions', details: [{ field: 'options' }] })
  })

  it('leads to nobody of another account, and plays nothing of another account', async () => {
    const answer = await platform.call(
      'POST',
      `${base}/ivr`,
      tree('Foreign', { ivrComponents: [incoming, { id: 'u', type: 'USER', userId: 'stranger' }], ivrComponentMappings: [way('in', 'u')] }),
    )
    expect(answer.body).toMatchObject({ status: 404, data: { type: 'EndUser', id: 'stranger' } })
    const prompt = await platform.call(
      'POST',
      `${base}/ivr`,
      tree('Prompt', { ivrComponents: [incoming, { ...menu(['1']), initPromptId: 'stranger' }], ivrComponentMappings: [way('in', 'm')] }),
    )
    expect(prompt.body).toMatchObject({ status: 404, data: { type: 'Media' } })
  })

  it('names what is wrong with a component', () => {
    expect(reasons([incoming, menu([])], [way('in', 'm')])).toEqual(['is empty'])
    expect(reasons([incoming, menu(['1', '1'])], [way('in', 'm')])).toEqual(['the key 1 has two meanings'])
    expect(reasons([incoming, menu(['A'])], [])).toEqual(['"A" is no key'])
    expect(reasons([incoming, { id: 'x', type: 'FORWARD', toNumber: '1;drop' }], [])).toEqual(['"1;drop" cannot be dialed'])
    const onDay = (date: string) =>
      reasons([incoming, { id: 's', type: 'SCHEDULE_RULE_COMPONENT', custom: { date, startTime: '08:00', endTime: '18:00' } }], [])
    expect(['12/25/2026', '2026-02-30', '2026-12-25', '2026-12-25T07:00:00.000Z'].map((date) => onDay(date).length)).toEqual([1, 1, 0, 0])
    expect(reasons([incoming, { id: 's', type: 'SCHEDULE_RULE_COMPONENT', weekly: { a: { MON: { startTime: '18:00', endTime: '08:00' } } } }], [])).toEqual([
      '18:00 to 08:00 is no span of a day',
    ])
  })

  it('hangs together: one way in, no way to nowhere, no circle without a menu', () => {
    const schedule = (id: string) => ({ id, type: 'DIRECTORY' })
    expect(reasons([menu(['1'])], [])).toEqual(['has 0 components of type INCOMING'])
    expect(reasons([incoming, incoming], [])).toEqual(['two components are called "in"'])
    expect(reasons([incoming], [way('in', 'nowhere')])).toEqual(['"nowhere" is no component'])
    expect(reasons([incoming, schedule('a'), schedule('b')], [way('in', 'a'), way('a', 'b'), way('b', 'a')])).toEqual(['go in a circle that nobody can leave'])
    expect(reasons([incoming, menu(['1'])], [way('in', 'm'), way('d1', 'm')])).toEqual([])
  })
})
