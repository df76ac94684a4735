import { generateKeyPairSync } from 'node:crypto'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXPIRES, OF_EXAMPLE, OTHER_AUTHORITY, OTHER_KEY } from './test/certificates.ts'

let platform: TestControlPlane

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

type Data = Readonly<Record<string, unknown>>
type Body = { readonly body: Record<string, unknown> }
const dataOf = (answer: Body): Data => answer.body['data'] as Data
const errorOf = (answer: Body) => (answer.body['error'] as { code: string } | undefined)?.code
const claim = (domain: string, more: object = {}) => platform.call('PUT', '/domains/new', { domain, organization_id: `org_${platform.partitionId}`, ...more })
const post = (id: string, body: object) => platform.call('POST', `/domains/${id}`, body)
const rowsOf = (table: 'sip_domain' | 'event_outbox' | 'account_history') => platform.plane.context.database.sql.selectFrom(table).selectAll().execute()

describe('certificates of domains', () => {
  const name = 'sip.example.com'
  let id = ''

  it('S3-73: a pair is kept sealed, shown by its end alone, and given to the TLS listeners', async () => {
    const created = await claim(name, {
      ssl_enabled: true,
      ssl_certificate: OF_EXAMPLE.certificate,
      ssl_private_key: OF_EXAMPLE.key,
    })
    expect([created.status, dataOf(created)['ssl_certificate_expiry']]).toEqual([201, EXPIRES])
    id = String(dataOf(created)['id'])
    expect(platform.plane.view.certificateOf(name)).toBeUndefined()
    await post(id, { status: 'active' })
    expect(platform.plane.view.certificateOf(name)?.cert).toContain('BEGIN CERTIFICATE')
    const stored = [await rowsOf('sip_domain'), await rowsOf('event_outbox'), await rowsOf('account_history')]
    const told = JSON.stringify([created.body, (await platform.call('GET', `/domains/${id}`)).body, stored])
    expect(told).not.toContain('PRIVATE KEY')
    await post(id, { ssl_enabled: false })
    expect(platform.plane.view.certificateOf(name)).toBeUndefined()
    await post(id, { ssl_enabled: true })
  })

  it.each([
    ['text', { ssl_certificate: 'nonsense', ssl_private_key: OF_EXAMPLE.key }, 422, 'InvalidSslCertificate'],
    [
      'the chain of another',
      { ssl_certificate: `${OF_EXAMPLE.certificate}\n${OTHER_AUTHORITY}`, ssl_private_key: OF_EXAMPLE.key },
      422,
      'InvalidSslCertificate',
    ],
    ['a key that is none', { ssl_certificate: OF_EXAMPLE.certificate, ssl_private_key: 'nonsense' }, 422, 'InvalidSslPrivateKey'],
    ['the key of another', { ssl_certificate: OF_EXAMPLE.certificate, ssl_private_key: OTHER_KEY }, 422, 'InvalidSslPrivateKey'],
    ['an encrypted key', { ssl_certificate: OF_EXAMPLE.certificate, ssl_private_key: encryptedKey() }, 422, 'InvalidSslPrivateKey'],
    ['a key alone', { ssl_private_key: OF_EXAMPLE.key }, 400, 'SslCertificateRequired'],
  ])('%s is refused in words', async (_what, body, status, code) => {
    const refused = await post(id, body)
    expect([refused.status, errorOf(refused), JSON.stringify(refused.body).includes('PRIVATE KEY')]).toEqual([status, code, false])
  })

  it('one for another name is refused; a new one with the kept key is taken, and counts at once', async () => {
    const other = dataOf(await claim('other.example.com')) as { id: string }
    const refused = await post(other.id, { ssl_certificate: OF_EXAMPLE.certificate, ssl_private_key: OF_EXAMPLE.key })
    expect([refused.status, errorOf(refused), (refused.body['error'] as { details: Data[] }).details[0]?.['field']]).toEqual([
      422,
      'InvalidSslCertificate',
      'ssl_certificate',
    ])
    const before = platform.plane.view.certificateOf(name)
    expect((await post(id, { ssl_certificate: OF_EXAMPLE.certificate })).status).toBe(200)
    expect([platform.plane.view.certificateOf(name)?.key, platform.plane.view.certificateOf(name) === before]).toEqual([before?.key, false])
  })

  it('an empty one takes it away, with its key: nobody is shown it any more, and a new one needs its own key', async () => {
    expect(errorOf(await post(id, { ssl_certificate: '', ssl_private_key: OF_EXAMPLE.key }))).toBe('InvalidSslCertificate')
    const gone = await post(id, { ssl_certificate: '' })
    expect([gone.status, dataOf(gone)['ssl_certificate_expiry']]).toEqual([200, null])
    expect(platform.plane.view.certificateOf(name)).toBeUndefined()
    expect((await rowsOf('sip_domain')).find((row) => row.name === name)).toMatchObject({ certificate: null, private_key_sealed: null })
    expect(errorOf(await post(id, { ssl_certificate: OF_EXAMPLE.certificate }))).toBe('SslPrivateKeyRequired')
    expect((await post(id, { ssl_certificate: OF_EXAMPLE.certificate, ssl_private_key: OF_EXAMPLE.key })).status).toBe(200)
  })

  it('its end is told 30, 14, 7, 3, 1 days before and when it has come, each once', async () => {
    const leftMs = Date.parse(EXPIRES) - platform.time.nowMs()
    const told = async () => (await rowsOf('event_outbox')).flatMap((row) => (row.type.startsWith('sipdomain.certificate') ? row.type.slice(10) : []))
    platform.time.advance(leftMs - 20 * 86_400_000)
    for (let turn = 0; turn < 2; turn++) await platform.plane.context.dueWork.runNow()
    expect(await told()).toEqual(['certificateexpiring'])
    platform.time.advance(18 * 86_400_000)
    await platform.plane.context.dueWork.runNow()
    expect(await told()).toEqual(['certificateexpiring', 'certificateexpiring'])
    platform.time.advance(3 * 86_400_000)
    for (let turn = 0; turn < 2; turn++) await platform.plane.context.dueWork.runNow()
    expect(await told()).toEqual(['certificateexpiring', 'certificateexpiring', 'certificateexpired'])
  })
})

it('of more domains than are looked at in one turn every owner is told, also when those before have been', async () => {
  const { sql } = platform.plane.context.database
  const nowMs = platform.time.nowMs()
  const rowOf = (index: number) => ({
    ...{ id: `many-${index}`, partition_id: platform.partitionId, account_id: null, name: `many-${index}.example.net`, type: 'primary', status: 'active' },
    ...{ ssl_enabled: false, settings: '{}', verification: 'PENDING', verification_token: 'token', created_at: new Date(nowMs), updated_at: new Date(nowMs) },
    certificate_expires_at: new Date(nowMs + (20 + index / 1000) * 86_400_000),
    certificate_warned_days: index < 150 ? 30 : null,
  })
  await sql.insertInto('sip_domain').values(Array.from({ length: 160 }, (_none, index) => rowOf(index))).execute() // prettier-ignore
  await platform.plane.context.dueWork.runNow()
  const rows = await sql.selectFrom('sip_domain').select('certificate_warned_days').where('name', 'like', 'many-%').execute()
  expect(rows.filter((row) => row.certificate_warned_days === 30).length).toBe(160)
})

function encryptedKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
}
