import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isPrivateAddress, postWebhook } from './post-webhook.ts'

const post = (url: string, allowPrivateAddresses: boolean) =>
  postWebhook({ url, body: '{}', headers: { 'x-test': '1' }, timeoutMs: 1_000, allowPrivateAddresses })

describe('posting to a URL of a customer', () => {
  it('gives the status, follows no redirect, and reads no body', async () => {
    const seen: unknown[] = []
    const server = createServer((request, response) => {
      seen.push([request.method, request.url, request.headers['x-test']])
      response.writeHead(302, { location: '/elsewhere' }).end('x'.repeat(100_000))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    expect(await post(`http://127.0.0.1:${port}/hook`, true)).toEqual({ status: 302 })
    expect(seen).toEqual([['POST', '/hook', '1']])
    server.close()
    expect(await post(`http://127.0.0.1:${port}/hook`, true)).toMatchObject({ error: expect.any(String) })
  })

  it('never talks to our own network: by address or by a name that leads there', async () => {
    expect(await post('http://127.0.0.1:1/', false)).toMatchObject({ error: expect.stringContaining('private') })
    expect(await post('http://[::1]:1/', false)).toMatchObject({ error: expect.stringContaining('private') })
    expect(await post('http://localhost:1/', false)).toMatchObject({ error: expect.stringContaining('no public address') })
  })

  it.each([
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '2002:7f00:1::',
    '64:ff9b::a00:1',
    '64:ff9b:1::a00:1',
    '0.0.0.0',
  ])('%s is private', (address) => {
    expect(isPrivateAddress(address)).toBe(true)
  })

  it.each(['8.8.8.8', '172.32.0.1', '2001:4860:4860::8888', '::ffff:8.8.8.8'])('%s is not', (address) => {
    expect(isPrivateAddress(address)).toBe(false)
  })
})
