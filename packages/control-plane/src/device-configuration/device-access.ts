import { type AddressRange, isInRange, parseAddressRange, sourceOf } from '../access/index.ts'
import type { Context } from '../context.ts'
import { normalizeMacAddress } from '../devices/index.ts'
import { type FileRequest, readUserAgent } from '../phone-files/index.ts'
import { type ConfiguredDevice, findConfiguredDevice } from './configuration-queries.ts'
import { readConfigurationToken } from './configuration-token.ts'
import { type GivenLogin, isRightPassword, readAuthorization } from './digest-authentication.ts'
import { GuessLimit } from './guess-limit.ts'
import type { Verdict } from './verdict.ts'

/** A request as it came, before anybody knows whose it is. */
export interface FileAsk {
  readonly method: string
  readonly token: string | undefined
  readonly file: FileRequest
  readonly authorization: string | undefined
  /** Of a client certificate that somebody we believe has signed: what it names. */
  readonly certificateNames: readonly string[]
  readonly ipAddress: string
  readonly userAgent: string
  readonly origin: string
  readonly isSecure: boolean
  readonly ifNoneMatch: string | undefined
}

export type Proof =
  | { readonly kind: 'proven'; readonly by: 'token' | 'basic' | 'digest' | 'certificate' | 'window'; readonly found: ConfiguredDevice }
  | {
      readonly kind: 'refused'
      readonly verdict: Verdict
      readonly status: 401 | 404 | 429
      readonly found?: ConfiguredDevice | undefined
      readonly isStale?: boolean
      readonly retryAfterSeconds?: number
    }

const GUESSES = { most: 20, windowMs: 60_000 } as const
/** Challenges are how phones begin; an office with hundreds behind one address starts them all at once. */
const CHALLENGES = { most: 2_000, windowMs: 60_000 } as const
/** From the first request on: a phone that takes new firmware before it goes on needs that long. */
const WINDOW_AFTER_FIRST_USE_MS = 600_000
const DECOY = 'decoy'
const MAC = /(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}/i

export interface DeviceAccess {
  /** Who asks. Known and unknown addresses are answered alike, after the same work. */
  readonly prove: (ask: FileAsk) => Promise<Proof>
}

interface Needs {
  readonly context: () => Context
  readonly guesses: GuessLimit
  readonly challenged: GuessLimit
  /** A sealed password of nobody. */
  readonly decoy: () => string
}

export function createDeviceAccess(context: () => Context): DeviceAccess {
  const clock = { nowMs: () => context().clock.nowMs() }
  let decoy: string | undefined
  const needs = {
    context,
    guesses: new GuessLimit(clock, GUESSES),
    challenged: new GuessLimit(clock, CHALLENGES),
    decoy: () => (decoy ??= context().sealer.seal(crypto.randomUUID(), DECOY)),
  }
  return { prove: (ask) => (ask.token === undefined ? proveByAddress(needs, ask) : proveByToken(needs, ask, ask.token)) }
}

function tooMany(limit: GuessLimit, keys: readonly string[]): Proof | undefined {
  const seconds = Math.max(...keys.map((key) => limit.waitSeconds(key)))
  return seconds === 0 ? undefined : { kind: 'refused', verdict: 'TooManyGuesses', status: 429, retryAfterSeconds: seconds }
}

async function proveByToken({ context, guesses }: Needs, ask: FileAsk, token: string): Promise<Proof> {
  const { database, sealer } = context()
  // Read before anything is counted: who has the token is not kept out by others behind the same address.
  const claim = readConfigurationToken(sealer, token)
  const found = claim === undefined ? undefined : await findConfiguredDevice(database.sql, 'id', claim.deviceId)
  if (claim === undefined) {
    const source = sourceOf(ask.ipAddress)
    const limited = tooMany(guesses, [source])
    guesses.note(source)
    return limited ?? { kind: 'refused', verdict: 'TokenInvalid', status: 404 }
  }
  // One of ours that is replaced is no guess: a phone that was forgotten asks with it for ever, and the others of its office go on.
  if (found === undefined || found.configuration.token_version !== claim.version) return { kind: 'refused', verdict: 'TokenInvalid', status: 404, found }
  if (ask.file.macAddress !== undefined && ask.file.macAddress !== found.device.mac_address)
    return { kind: 'refused', verdict: 'MacMismatch', status: 404, found }
  return { kind: 'proven', by: 'token', found }
}

async function proveByAddress(needs: Needs, ask: FileAsk): Promise<Proof> {
  const login = readAuthorization(ask.authorization)
  const macAddress = ask.file.macAddress ?? (login === undefined ? undefined : normalizeMacAddress(login.username)) ?? readUserAgent(ask.userAgent).macAddress
  const source = sourceOf(ask.ipAddress)
  const limited = (login === undefined ? undefined : tooMany(needs.guesses, [source, `device ${macAddress ?? ''}`])) ?? tooMany(needs.challenged, [source])
  if (limited !== undefined) return limited
  // Asked in any case, and also for an address that nobody has.
  const found = await findConfiguredDevice(needs.context().database.sql, 'mac_address', macAddress ?? '')
  const named = ask.certificateNames.map((name) => normalizeMacAddress(MAC.exec(name)?.[0] ?? '')).find((mac) => mac !== undefined)
  if (found !== undefined && named !== undefined) {
    return named === found.device.mac_address
      ? { kind: 'proven', by: 'certificate', found }
      : { kind: 'refused', verdict: 'CertificateOfOther', status: 401, found }
  }
  if (login !== undefined) return proveByLogin(needs, ask, { login, found, macAddress })
  needs.challenged.note(source)
  return found === undefined ? { kind: 'refused', verdict: 'UnknownDevice', status: 401 } : proveByWindow(needs, ask, found)
}

interface LoginAttempt {
  readonly login: GivenLogin
  readonly found: ConfiguredDevice | undefined
  readonly macAddress: string | undefined
}

function proveByLogin({ context, guesses, challenged, decoy }: Needs, ask: FileAsk, { login, found, macAddress }: LoginAttempt): Proof {
  const { sealer, clock } = context()
  const sealed = found?.configuration.password_sealed ?? undefined
  // Who has no password is compared with one that nobody can know: it takes the same time.
  const password = sealed === undefined || found === undefined ? sealer.open(decoy(), DECOY) : sealer.open(sealed, found.device.id)
  const result = isRightPassword(sealer, login, password, { method: ask.method, fileName: ask.file.fileName, nowMs: clock.nowMs() })
  const isOwner = normalizeMacAddress(login.username) === macAddress
  if (found !== undefined && sealed !== undefined && isOwner && result !== 'wrong') {
    challenged.forgive(sourceOf(ask.ipAddress))
    if (result === 'stale') return { kind: 'refused', verdict: 'CredentialsMissing', status: 401, found, isStale: true }
    return { kind: 'proven', by: login.scheme, found }
  }
  guesses.note(sourceOf(ask.ipAddress))
  guesses.note(`device ${macAddress ?? ''}`)
  return { kind: 'refused', verdict: found === undefined ? 'UnknownDevice' : 'CredentialsWrong', status: 401, found }
}

/** The operator said that this device may come once, knowing nothing but its address. */
async function proveByWindow({ context }: Needs, ask: FileAsk, found: ConfiguredDevice): Promise<Proof> {
  const { configuration } = found
  const refused = (verdict: Verdict): Proof => ({ kind: 'refused', verdict, status: 401, found })
  const { database, clock } = context()
  const nowMs = clock.nowMs()
  if (configuration.window_until === null) return refused('CredentialsMissing')
  if (configuration.window_until.getTime() <= nowMs) return refused('WindowClosed')
  if (!isFromRange(configuration.window_cidr, ask.ipAddress)) return refused('WindowElsewhere')
  // Decided by the row: of two who come at once one is first.
  const taken = await database.sql
    .updateTable('device_configuration')
    .set((row) => ({
      window_address: ask.ipAddress,
      // The ten minutes begin with the first request, and do not begin again.
      window_until: row
        .case()
        .when('window_address', 'is', null)
        .then(row.fn<Date>('least', [row.ref('window_until'), row.val(new Date(nowMs + WINDOW_AFTER_FIRST_USE_MS))]))
        .else(row.ref('window_until'))
        .end(),
    }))
    .where('device_id', '=', found.device.id)
    .where('window_until', '>', new Date(nowMs))
    .where((row) => row.or([row('window_address', 'is', null), row('window_address', '=', ask.ipAddress)]))
    .returning('device_id')
    .executeTakeFirst()
  return taken === undefined ? refused('WindowTaken') : { kind: 'proven', by: 'window', found }
}

function isFromRange(cidr: string | null, ipAddress: string): boolean {
  if (cidr === null) return true
  const range: AddressRange | undefined = parseAddressRange(cidr)
  return range !== undefined && isInRange(range, ipAddress)
}
