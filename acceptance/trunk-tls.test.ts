import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { trustedFreePorts } from './phones/free-ports.ts'
import { type Kamailio, startKamailio } from './phones/kamailio.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import type { ClientCertificate } from './phones/sip-socket.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Identity, selfSigned, TlsDoor } from './phones/tls-door.ts'
import { localAddress, Platform, WORK_FOLDER } from './platform.ts'
import { done, Tenant, unique } from './tenant.ts'

interface Shown<Data> {
  readonly data: Data
}
interface Trunk {
  readonly id: string
  readonly status: string
  readonly registration?: { readonly state: string }
}
interface Gateway {
  readonly status: string
}

const PASSWORD = 'secure_password_123'
const host = localAddress()
/** Not that of the phones: who comes from where a carrier over TLS is, from whatever port, is that carrier. */
const TLS_HOST = '127.0.0.9'
/** Nobody knows where it is: its certificate alone says who calls. */
const CARRIER_NAME = `${unique('carrier-').toLowerCase()}.example.test`

describe.skipIf(isAbsent('kamailio'))('a carrier over TLS', () => {
  const [user, folder] = [unique('acme'), ((): string => (mkdirSync(WORK_FOLDER, { recursive: true }), mkdtempSync(join(WORK_FOLDER, 'trunk-tls-'))))()]
  const doors: TlsDoor[] = []
  let platform: Platform
  let carrier: Kamailio
  let tenant: Tenant
  let identities: Record<'named' | 'stranger', Identity>

  beforeAll(async () => {
    const [trusted, stranger] = [selfSigned(folder, 'trusted', `IP:${TLS_HOST}`), selfSigned(folder, 'stranger', `IP:${TLS_HOST}`)]
    identities = { named: selfSigned(folder, 'named', `URI:sip:${CARRIER_NAME}`), stranger }
    const authorities = join(folder, 'authorities.pem')
    writeFileSync(authorities, trusted.cert + identities.named.cert)
    platform = await Platform.start({ environment: { DIALTONE_SIP_TLS_CA: authorities } })
    tenant = await Tenant.logIn(platform.address)
    const port = await trustedFreePorts(10)
    carrier = await startKamailio({ host, port, transport: 'tcp', password: PASSWORD }, platform.address.sipPort, user)
    const place = { host: TLS_HOST, onward: { host, port } }
    doors.push(await TlsDoor.open(place, trusted), await TlsDoor.open(place, stranger))
  })
  afterAll(async () => {
    for (const door of doors) await door.close()
    await platform.discard()
    await carrier.stop()
  })

  it('S3-11: registers over TLS where DIALTONE_SIP_TLS_CA vouches for the certificate, and calls go there; elsewhere nothing is said', async () => {
    const account = await tenant.createAccount()
    const [trusted, stranger] = doors.map((door) => door.port)
    const trunk = {
      organization_id: `org_${account.id}`,
      type: 'carrier',
      host: TLS_HOST,
      transport: 'tls',
      username: user,
      password: PASSWORD,
      register: true,
      ping_interval: 1,
    }
    const make = async (port: number | undefined): Promise<string> =>
      done(await tenant.http.put<Shown<Trunk>>('/siptrunk/new', { ...trunk, name: unique('TLS '), port })).data.id
    const [first, second] = [await make(trusted), await make(stranger)]
    await eventually('the registration', 25_000, async () => {
      const { data } = done(await tenant.http.get<Shown<Trunk>>(`/siptrunk/${first}`))
      return data.status === 'active' && data.registration?.state === 'registered' ? true : undefined
    })
    await eventually('the one nobody vouches for to be down', 25_000, async () => {
      const { status } = done(await tenant.http.get<Shown<Gateway>>(`/sipgwping/${second.replace('trunk_', 'gw_')}`)).data
      return status === 'down' ? true : undefined
    })
    const { data } = done(await tenant.http.get<Shown<Trunk>>(`/siptrunk/${second}`))
    expect([data.status, data.registration?.state]).toEqual(['pending', 'failed'])
    const { userId } = await account.createUser('4001')
    const phone = await ScriptedPhone.open(platform.address, await account.createLine(userId))
    await phone.register()
    await eventually('the call at the carrier', 20_000, async () => {
      const call = await phone.call('12125550100')
      await call.finalStatus()
      return carrier.log().includes('SAW INVITE +12125550100') ? true : undefined
    })
    phone.close()
  }, 90_000)

  it('RFC 5922 7.3: who calls over TLS with a certificate is the carrier it names, wherever he is; without one, or with another, only where that is enough', async () => {
    const account = await tenant.createAccount()
    const number = await account.addNumber()
    /** The status of a call, and so whether it is a carrier's: everybody else is asked for a password. */
    const callWith = async (certificate?: ClientCertificate, transport: 'tls' | 'udp' = 'tls'): Promise<'carrier' | 'stranger'> => {
      const login = { sipUsername: unique('sbc'), sipPassword: '' }
      const peer = await ScriptedPhone.open(platform.address, login, { transport, ...(certificate === undefined ? {} : { certificate }) })
      const status = statusOf(await peer.exchange('INVITE', peer.requestUri(number), number, [['Contact', peer.contact]], unique('call')))
      peer.close()
      return status === 407 ? 'stranger' : 'carrier'
    }
    const { named, stranger } = identities
    const withTrunk = async (more: object, ask: (change: (changes: object) => Promise<void>) => Promise<void>): Promise<void> => {
      const trunk = { name: unique('TLS '), organization_id: `org_${account.id}`, type: 'carrier', transport: 'tls', port: 5061, ping_interval: 0, ...more }
      const { id } = done(await tenant.http.put<Shown<Trunk>>('/siptrunk/new', trunk)).data
      await ask(async (changes) => void done(await tenant.http.post(`/siptrunk/${id}`, changes)))
      done(await tenant.http.delete(`/siptrunk/${id}?force=true`))
    }
    await withTrunk({ host: CARRIER_NAME }, async () => {
      expect([await callWith(named), await callWith(stranger), await callWith()]).toEqual(['carrier', 'stranger', 'stranger'])
    })
    expect(await callWith(named)).toBe('stranger')
    // At the carrier's own address.
    await withTrunk({ host }, async (change) => {
      expect([await callWith(), await callWith(named), await callWith(stranger)]).toEqual(['carrier', 'stranger', 'stranger'])
      await change({ peer_certificate: 'required' })
      expect([await callWith(), await callWith(undefined, 'udp')]).toEqual(['stranger', 'stranger'])
      await change({ peer_certificate: 'ignored' })
      expect(await callWith(stranger)).toBe('carrier')
      expect((await tenant.http.put('/siptrunk/new', { name: unique('UDP '), organization_id: `org_${account.id}`, type: 'carrier', host, peer_certificate: 'required' })).status).toBe(422) // prettier-ignore
    })
  }, 60_000)
})
