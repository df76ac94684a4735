import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toXml } from './to-xml.ts'

let platform: TestControlPlane

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

const get = (url: string, headers: Record<string, string> = {}) =>
  platform.plane.http.inject({ method: 'GET', url, headers: { authorization: `Bearer ${platform.token}`, ...headers } })

describe('the Telephony Resources surface', () => {
  it('S3-02 S3-03 S3-04: no version in the path, a Bearer token, success and data, snake_case, a prefix, times that end in Z', async () => {
    const reply = await get(`/organizations/org_${platform.partitionId}`)
    expect(reply.statusCode).toBe(200)
    expect(reply.json()).toMatchObject({
      success: true,
      data: { id: `org_${platform.partitionId}`, type: 'partition', parent_id: null, status: 'active', created_at: expect.stringMatching(/Z$/) },
    })
  })

  it('C-44: an id without its prefix is the same id', async () => {
    expect((await get(`/organizations/${platform.partitionId}`)).json()).toMatchObject({ data: { id: `org_${platform.partitionId}` } })
  })

  it('S3-06: XML by the query or by the Accept header, failures too', async () => {
    const asked = await get(`/organizations/org_${platform.partitionId}?format=xml`)
    expect(asked.headers['content-type']).toBe('application/xml; charset=utf-8')
    expect(asked.body).toContain(`<response><success>true</success><data><id>org_${platform.partitionId}</id>`)
    expect((await get(`/organizations/org_${platform.partitionId}`, { accept: 'application/xml' })).body).toBe(asked.body)
    const failed = await get('/organizations/org_unknown?format=xml')
    expect([failed.statusCode, failed.headers['content-type']]).toEqual([404, 'application/xml; charset=utf-8'])
    expect(failed.body).toContain('<success>false</success>')
    expect(failed.body).toContain('<error><code>EntityNotFound</code>')
  })

  it('C-40: a failure has its code and message in the envelope, and the fields that were refused by their names here', async () => {
    const reply = await get('/organizations?per_page=0')
    expect(reply.statusCode).toBe(400)
    expect(reply.json()).toMatchObject({
      success: false,
      message: expect.stringContaining('per_page'),
      error: { code: 'InvalidPerPage', details: [{ field: 'per_page' }] },
      request_id: expect.any(String),
    })
    expect((await get('/organizations', { authorization: 'Bearer nothing' })).json()).toMatchObject({ success: false, error: { code: 'Unauthorized' } })
  })

  it('has a document of its own, and its operations are in the whole one', async () => {
    const own = (await get('/openapi/telephony-resources.json')).json<{ paths: Record<string, unknown>; components: { schemas: Record<string, unknown> } }>()
    expect(Object.keys(own.paths).filter((path) => path.startsWith('/v2'))).toEqual([])
    expect(Object.keys(own.components.schemas)).toContain('ResourceFailure')
    expect(Object.keys(own.components.schemas)).not.toContain('Account')
    const whole = (await get('/openapi.json')).json<{ paths: Record<string, unknown> }>()
    expect(Object.keys(whole.paths)).toEqual(expect.arrayContaining(Object.keys(own.paths)))
    const v2 = (await get('/openapi/v2.json')).json<{ paths: Record<string, unknown> }>()
    expect(Object.keys(v2.paths).filter((path) => !path.startsWith('/v2'))).toEqual([])
  })

  it('XML: what is no name or no character is written so that every reader can read it', () => {
    expect(toXml({ codecs: ['G.711', 'a<b&"c"'], 'ring tone': '\u0000\u0007ok', history: [{ at: 1 }], nothing: null })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<response><codecs><codec>G.711</codec><codec>a&lt;b&amp;&quot;c&quot;</codec></codecs>' +
        '<entry name="ring tone">ok</entry><history><entry><at>1</at></entry></history><nothing/></response>\n',
    )
  })
})
