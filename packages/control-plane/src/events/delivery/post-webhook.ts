import { lookup as resolveName } from 'node:dns'
import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

export interface WebhookPost {
  /** http or https. */
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Addresses of our own network too: only where somebody tries things out. */
  readonly allowPrivateAddresses: boolean
}

/** `retryAfterSeconds`: when the receiver said so (RFC 9110 section 10.2.3). */
export type WebhookAnswer = { readonly status: number; readonly retryAfterSeconds?: number } | { readonly error: string }

/** Networks that are nobody's on the Internet (RFC 6890): a URL of a customer must not make us talk to our own machines. */
const PRIVATE = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15],
  ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const) PRIVATE.addSubnet(network, prefix, 'ipv4') // prettier-ignore
for (const [network, prefix] of [
  // The old form of IPv4 in IPv6, with :: and ::1 in it; translators and tunnels, behind which are IPv4 addresses of anybody.
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fec0::', 10],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  // prettier-ignore
  PRIVATE.addSubnet(network, prefix, 'ipv6')

/** @param address an IP address; one of IPv4 written as IPv6 counts as what it is. */
export function isPrivateAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  const plain = mapped ?? address
  return PRIVATE.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}

/** Posts once. Redirects are not followed; what comes back is not read. Never rejects. */
export function postWebhook(o: WebhookPost): Promise<WebhookAnswer> {
  return new Promise((resolve) => {
    const url = new URL(o.url)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (!o.allowPrivateAddresses && isIP(host) !== 0 && isPrivateAddress(host)) return resolve({ error: `${host} is a private address` })
    const send = url.protocol === 'https:' ? requestSecure : requestPlain
    const headers = { 'content-type': 'application/json', 'user-agent': 'Dialtone-Webhooks', ...o.headers, 'content-length': String(Buffer.byteLength(o.body)) }
    const guard = o.allowPrivateAddresses ? {} : { lookup: publicLookup }
    const request = send(url, { method: 'POST', headers, signal: AbortSignal.timeout(o.timeoutMs), ...guard })
    request.on('response', (response) => {
      response.destroy()
      const seconds = Number(response.headers['retry-after'])
      const wait = Number.isInteger(seconds) && seconds > 0 ? { retryAfterSeconds: seconds } : {}
      resolve({ status: response.statusCode ?? 0, ...wait })
    })
    request.on('error', (error) => resolve({ error: error.name === 'TimeoutError' ? `no answer in ${o.timeoutMs} ms` : error.message }))
    request.end(o.body)
  })
}

/** The address that is checked is the one that is used: a name cannot change its mind in between. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0)
    const usable = addresses.filter(({ address }) => !isPrivateAddress(address))
    const [first] = usable
    if (first === undefined) return callback(Object.assign(new Error(`${hostname} has no public address`), { code: 'ENOTFOUND' }), '', 0)
    return options.all === true ? callback(null, usable) : callback(null, first.address, first.family)
  })
}
