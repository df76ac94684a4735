import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

const ask = (method: 'GET' | 'OPTIONS' | 'POST', url: string, token?: string) =>
  platform.plane.http.inject({ method, url, headers: token === undefined ? {} : { 'x-auth-token': token } })

describe('X-Request-Id', () => {
  it.each([
    ['what succeeds', 'GET', '/v2/authorize/userinfo', 200],
    ['what has no body', 'OPTIONS', '/v2/authorize', 204],
    ['a page', 'GET', '/docs', 200],
  ] as const)('is of %s, and another one each time', async (_what, method, url, status) => {
    const [first, second] = [await ask(method, url, platform.token), await ask(method, url, platform.token)]
    expect([first.statusCode, second.statusCode]).toEqual([status, status])
    expect(first.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id'])
  })

  it.each([
    ['of a path that is none', 'GET', '/v2/nothing', 404],
    ['of a method that does nothing', 'GET', '/v2/authorize', 405],
    ['without a token', 'POST', '/v2/partition/x/account', 401],
    ['of a path that cannot be read', 'GET', '/v2/%E2%82', 400],
  ] as const)('is the one in the body of a failure %s', async (_what, method, url, status) => {
    const answer = await ask(method, url)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['x-request-id']).toBe(answer.json<{ requestId: string }>().requestId)
  })
})
