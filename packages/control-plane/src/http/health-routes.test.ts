import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMetrics, registerHealthRoutes } from './index.ts'

let http: FastifyInstance
let parts: Readonly<Record<string, boolean>> = {}
let calls = 0

beforeAll(() => {
  http = Fastify()
  registerHealthRoutes(
    http,
    createMetrics({
      dialtone_calls_started_total: { help: 'Calls since the start', read: () => calls },
      dialtone_calls: { help: 'Calls now', read: () => calls },
    }),
    () => Promise.resolve(parts),
  )
})
afterAll(() => http.close())

const get = (url: string) => http.inject({ method: 'GET', url })

describe('health', () => {
  it('ready only when every part is, and says which one is not; live whatever the parts say', async () => {
    parts = { database: true, sip: true }
    expect([(await get('/health/ready')).statusCode, (await get('/health/ready')).json()]).toEqual([200, { status: 'ready', parts }])
    parts = { database: true, sip: false }
    expect([(await get('/health/ready')).statusCode, (await get('/health/ready')).json()]).toEqual([503, { status: 'not ready', parts }])
    expect((await get('/health/live')).statusCode).toBe(200)
  })
})

describe('metrics', () => {
  it('shows a figure as it is when it is asked for, in the text format of Prometheus', async () => {
    calls = 3
    expect((await get('/metrics')).body).toMatch(/^# TYPE dialtone_calls gauge\ndialtone_calls 3$/m)
    calls = 5
    const answer = await get('/metrics')
    expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4')
    expect(answer.body).toMatch(/^dialtone_calls 5$/m)
  })

  it('calls what only rises a counter, each time with what it has come to', async () => {
    calls = 3
    await get('/metrics')
    calls = 8
    expect((await get('/metrics')).body).toMatch(/^# TYPE dialtone_calls_started_total counter\ndialtone_calls_started_total 8$/m)
  })
})
