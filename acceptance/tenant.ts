import { inject } from 'vitest'
import { type HttpAnswer, HttpClient } from './http-client.ts'
import type { PlatformAddress } from './platform.ts'

export interface Identified {
  readonly id: string
}

export interface AddressValidation {
  readonly customerServiceRecord: Readonly<Record<string, unknown>>
  readonly latitude: string
  readonly longitude: string
  readonly valid: boolean
  readonly requiredFields?: readonly string[]
}

export interface InventoryNumber {
  readonly phoneNumber: string
  readonly rateCenter: string
}

/** What a phone needs to register. */
export interface SipLogin {
  readonly lineId: string
  readonly sipUsername: string
  readonly sipPassword: string
  readonly server: string
  readonly serverPort: number
}

export interface Person {
  readonly userId: string
  readonly extension: string
}

/** An event as the feed tells it. */
export interface ToldEvent {
  readonly id: string
  readonly accountId?: string
  readonly data: Readonly<Record<string, unknown>>
}

let made = 0

/** Different in every run, so that the suite can be pointed at a server that already holds data. */
export function unique(prefix: string): string {
  made++
  return `${prefix}${Date.now().toString(36)}${process.pid.toString(36)}${made.toString(36)}`
}

export function uniqueMac(): string {
  made++
  const tail = ((process.pid * 4096 + made * 7 + Date.now()) % 0xffffff).toString(16).padStart(6, '0')
  return `0200${(made % 256).toString(16).padStart(2, '0')}${tail}`
}

/** The management user's view of a partition, with the few calls most tests begin with. */
export class Tenant {
  readonly http: HttpClient
  readonly partitionId: string
  readonly platform: PlatformAddress

  constructor(platform: PlatformAddress, http: HttpClient, partitionId: string) {
    this.platform = platform
    this.http = http
    this.partitionId = partitionId
  }

  /** Logs in at the shared platform, or at the one given. */
  static async logIn(platform: PlatformAddress = inject('platform')): Promise<Tenant> {
    const http = new HttpClient(platform.httpUrl)
    const { username, password } = platform
    const login = await http.post<{ authToken: string; partitionId: string }>('/v2/authorize', { username, password })
    if (login.status !== 200) throw new Error(`login: ${login.status} ${login.text}`)
    return new Tenant(platform, http.withToken(login.body.authToken), login.body.partitionId)
  }

  get path(): string {
    return `/v2/partition/${this.partitionId}`
  }

  /** Every event of a name, oldest first. */
  async eventsNamed(type: string): Promise<readonly ToldEvent[]> {
    const events: ToldEvent[] = []
    for (let after = '0'; ;) {
      const page = done(
        await this.http.get<{ events: readonly ToldEvent[]; next: string; hasMore: boolean }>(`${this.path}/events?type=${type}&limit=1000&after=${after}`),
      )
      events.push(...page.events)
      if (!page.hasMore) return events
      after = page.next
    }
  }

  /** A business account as in the example of seed 001. */
  async createAccount(changes: Readonly<Record<string, unknown>> = {}): Promise<Account> {
    const body = {
      billingCycleDay: '1',
      accountNumber: unique('A-').slice(0, 25),
      accountName: 'Customer Name',
      timeZone: 'US/Mountain',
      extensionLength: 4,
      accountType: 'ADVANCED',
      dialingBehaviorType: 'OPEN_DIAL_PLAN_TEN_DIGIT',
      platformType: 'CPE2',
      ...changes,
    }
    const answer = done(await this.http.post<Identified>(`${this.path}/account`, body))
    return new Account(this, answer.id)
  }
}

/** One account and what tests put into it. */
export class Account {
  readonly tenant: Tenant
  readonly id: string

  constructor(tenant: Tenant, id: string) {
    this.tenant = tenant
    this.id = id
  }

  get http(): HttpClient {
    return this.tenant.http
  }

  get path(): string {
    return `${this.tenant.path}/account/${this.id}`
  }

  /** Unless it is to stay, the voicemail box that every user begins with is taken away: who is not reached then hears how the ringing ended. */
  async createUser(extension: string, changes: Readonly<Record<string, unknown>> = {}, voicemail: 'none' | 'kept' = 'none'): Promise<Person> {
    const body = {
      firstName: 'User',
      lastName: extension,
      extension,
      userProductPlan: 'STANDARD',
      timeZone: 'US/Mountain',
      endUserType: 'STANDARD',
      ...changes,
    }
    const { id } = done(await this.http.post<Identified>(`${this.path}/user`, body))
    if (voicemail === 'none') done(await this.http.patch(`${this.path}/user/${id}`, { voicemailBoxId: null }))
    return { userId: id, extension }
  }

  /** A line for the user and the login for its phone, from the provisioning view. */
  async createLine(userId: string, changes: Readonly<Record<string, unknown>> = {}): Promise<SipLogin> {
    const body = { userId, deviceName: 'Line', deviceTypeId: 'SPA112', lineNumber: 1, macAddress: uniqueMac(), ...changes }
    const { id } = done(await this.http.post<Identified>(`${this.path}/deviceline`, body))
    return this.loginOf(id)
  }

  async loginOf(lineId: string): Promise<SipLogin> {
    interface Line {
      readonly sipUsername: string
      readonly sipPassword: string
      readonly server: string
      readonly serverPort: string
      readonly lineId?: string
    }
    const answer = await this.http.get<{ lines: readonly Line[] }>(`${this.tenant.path}/deviceprovisioning/account/${this.id}/device/${lineId}`)
    const { lines } = done(answer)
    const line = lines.length === 1 ? lines[0] : lines.find((candidate) => candidate.sipUsername === lineId)
    if (line === undefined) throw new Error(`no line ${lineId} in ${answer.text}`)
    return { lineId, sipUsername: line.sipUsername, sipPassword: line.sipPassword, server: line.server, serverPort: Number(line.serverPort) }
  }

  /** Finds a free number near the example address, adds it with that address, and returns it. */
  async addNumber(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const address = done(await this.http.get<AddressValidation>(exampleAddressPath))
    const found = done(
      await this.http.get<readonly InventoryNumber[]>(
        `${this.tenant.path}/telephonenumber/search?type=LAT_LONG&lat=${address.latitude}&long=${address.longitude}&maxResults=50`,
      ),
    )
    const first = Math.floor(Math.random() * found.length)
    const details = {
      customerServiceRecord: {
        ...address.customerServiceRecord,
        country: 'USA',
        customerType: 'BUSINESS',
        businessName: 'Customer Name',
        customerName: 'CUSTOMER NAME',
      },
      directoryListing: { listed: false, type: 'NOT_LIST_NOT_PUBLISH' },
      e911Address: { address: { ...address.customerServiceRecord, country: 'USA' }, latitude: address.latitude, longitude: address.longitude },
    }
    // Another test that runs beside may have taken it meanwhile: then the next one.
    for (const { phoneNumber } of [...found.slice(first), ...found.slice(0, first)]) {
      const ordered = await this.http.post(`${this.path}/telephonenumber`, { ...details, telephoneNumbers: [{ phoneNumber }], ...changes })
      if (ordered.status === 400 && ordered.text.includes('"TelephoneNumberInUse"')) continue
      done(ordered)
      return phoneNumber
    }
    throw new Error('the inventory is empty')
  }

  /** Calls to the number ring the user, and the user's calls show it. */
  async assignNumber(phoneNumber: string, userId: string): Promise<void> {
    done(await this.http.patch(`${this.path}/telephonenumber/${phoneNumber}`, { referenceType: 'END_USER', referenceId: userId, assignAsCallerId: true }))
  }

  async isRegistered(lineId: string): Promise<boolean> {
    return done(await this.http.get<{ registered: boolean }>(`${this.path}/deviceline/${lineId}/registrationstatus`)).registered
  }

  /** Today's call records, newest last. */
  async callRecords(query = ''): Promise<readonly CallRecord[]> {
    const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
    const path = `${this.path}/cdrsearch?startDate=${day(-1)}&endDate=${day(1)}&maxResult=100&sort=DATE&sortOrder=ASC${query}`
    return done(await this.http.get<{ totalRecords: number; results: readonly CallRecord[] }>(path)).results
  }
}

/** The fields of a call record that tests look at. */
export interface CallRecord {
  readonly id: string
  readonly sessionId: string
  readonly startTime: string
  readonly connectTime?: string | null
  readonly endTime: string
  readonly actualCallLengthSeconds: number
  readonly billCallLengthSeconds: number
  readonly cost: number
  readonly dialedNumber: string
  readonly origNumber: string
  readonly termNumber: string
  readonly origCallCategory: string
  readonly termCallCategory: string
  readonly callType: string
  readonly callFlagType: string
  readonly disconnectType: string
  readonly legType: string
  readonly accountId: string
  readonly partitionId: string
  readonly referenceType: string
  readonly referenceId: string
  readonly rateType: string
  readonly sipCallIds: readonly string[]
}

/** The request line of the guide, with its spaces and commas as a browser would send them. */
export const exampleAddressPath = `/v2/address/validate?address=${encodeURIComponent('333 S 520 W, Lindon, UT')}&country=USA`

/** The body of a call that must have worked. */
export function done<Body>(answer: HttpAnswer<Body>): Body {
  if (answer.status < 200 || answer.status > 299) throw new Error(`${answer.status} ${answer.text}`)
  return answer.body
}
