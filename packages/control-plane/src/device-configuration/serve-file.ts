import { createHash, randomInt } from 'node:crypto'
import type { Context } from '../context.ts'
import { anyRuleOf, type FileRule, layeredSettings, type PhoneConfiguration, readUserAgent, ruleOf, type Vendor, vendorOf } from '../phone-files/index.ts'
import { type AssembledPhone, assemblePhone } from './assemble-phone.ts'
import type { ConfiguredDevice } from './configuration-queries.ts'
import { createDeviceAccess, type FileAsk, type Proof } from './device-access.ts'
import { challenges } from './digest-authentication.ts'
import { encryptFile, isSealedName } from './encrypt-file.ts'
import { type Fetched, RequestLog } from './request-log.ts'
import { ServingPlaces } from './serving-places.ts'
import type { Verdict } from './verdict.ts'

export interface FileAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer
}

/** What comes of a request, before it is written down. */
interface Outcome {
  readonly verdict: Verdict
  readonly answer: FileAnswer
  readonly fetched?: Fetched
}

type Written = Outcome & { readonly written: Promise<void> }

export interface ConfigurationServer {
  /** Answers one request of a phone. */
  readonly serve: (ask: FileAsk) => Promise<FileAnswer>
  readonly log: RequestLog
}

const TEXT = 'text/plain; charset=utf-8'
const NO_LINES = 0
/** Half the connections to the database: the other half is the API's. */
const AT_ONCE = 8
/** Some seconds on a busy machine: a phone that waits longer gives up, and what was put together for it is for nobody. */
const IN_LINE = 500
/** Those who are sent away together do not come back together, but within the time they take; nobody is told to come before, or much later. */
const COME_AGAIN_SECONDS = { from: 3, least: 6, most: 90 } as const

/** The device configuration server: who asks, for what, and what he gets. */
export function createConfigurationServer(context: () => Context, places = new ServingPlaces({ atOnce: AT_ONCE, inLine: IN_LINE })): ConfigurationServer {
  const access = createDeviceAccess(context)
  let log: RequestLog | undefined
  const ownLog = (): RequestLog => (log ??= new RequestLog(context()))
  const decide = async (ask: FileAsk): Promise<Written> => {
    const proof = await access.prove(ask)
    const outcome = proof.kind === 'refused' ? refusal(context(), proof) : await fileFor(context(), ask, proof)
    const record = recordOf(context(), ask, proof, outcome)
    if (proof.found !== undefined) return { ...outcome, written: ownLog().add(proof.found.device, record, outcome.fetched) }
    ownLog().addStray(record)
    return { ...outcome, written: Promise.resolve() }
  }
  return {
    get log() {
      return ownLog()
    },
    async serve(ask) {
      const known = anyRuleOf(ask.file, ask.userAgent)
      // Neither says anything of a device, so that nobody has to prove anything.
      if (known === undefined && ask.token === undefined) return told(404)
      if (known !== undefined && isForEverybody(ask, known.rule)) return bootstrap(ask, known.rule)
      const outcome = await places.use(() => decide(ask))
      if (outcome === undefined) return busy(places.sendAway())
      // Who looks next sees that the phone has it.
      if (outcome.fetched?.digest !== undefined) await outcome.written
      return outcome.answer
    },
  }
}

/** A file that carries nothing of anybody, asked for by its model name, without a word of who asks. */
function isForEverybody(ask: FileAsk, rule: FileRule): boolean {
  return ask.token === undefined && ask.authorization === undefined && rule.purpose === 'model' && ask.file.macAddress === undefined
}

function bootstrap(ask: FileAsk, rule: FileRule): FileAnswer {
  const phone: PhoneConfiguration = {
    macAddress: '',
    deviceTypeId: '',
    deviceName: '',
    numKeys: 0,
    isAdapter: false,
    adminPassword: undefined,
    server: { host: '', port: 0, tlsPort: undefined },
    lines: [],
    keys: [],
    sideCar: undefined,
    settings: layeredSettings(),
    extensionLength: 4,
    source: { url: `${ask.origin}/provision/`, encryptionKey: undefined },
  }
  return rule.render === undefined ? told(404) : content(ask, rule, rule.render(phone)).answer
}

/** The same words whether there is such a device or not. */
function refusal(context: Context, proof: Extract<Proof, { kind: 'refused' }>): Outcome {
  if (proof.status === 401) {
    const headers = { 'www-authenticate': challenges(context.sealer, context.clock.nowMs(), proof.isStale === true) }
    return { verdict: proof.verdict, answer: { ...told(401), headers: { ...told(401).headers, ...headers } } }
  }
  if (proof.status === 429)
    return { verdict: proof.verdict, answer: { ...told(429), headers: { ...told(429).headers, 'retry-after': String(proof.retryAfterSeconds ?? 1) } } }
  return { verdict: proof.verdict, answer: told(404) }
}

async function fileFor(context: Context, ask: FileAsk, proof: Extract<Proof, { kind: 'proven' }>): Promise<Outcome> {
  const { device, configuration } = proof.found
  if (device.admin_state === 'INACTIVE') return { verdict: 'DeviceInactive', answer: told(404) }
  if (device.provisioner_type === 'PHONISM') return { verdict: 'ManagedElsewhere', answer: told(404) }
  const vendor = vendorOf(device.device_type_id, ask.userAgent)
  const rule = ruleOf(vendor, ask.file)
  if (rule === undefined) return { verdict: 'UnknownFile', answer: told(404) }
  if (rule.purpose === 'upload')
    return ask.method === 'PUT' || ask.method === 'POST' ? { verdict: 'Uploaded', answer: told(204) } : { verdict: 'OptionalFile', answer: told(404) }
  if (ask.method !== 'GET' && ask.method !== 'HEAD')
    return { verdict: 'UnknownFile', answer: { ...told(405), headers: { ...told(405).headers, allow: 'GET, HEAD' } } }
  if (rule.render === undefined) return { verdict: 'OptionalFile', answer: told(404) }
  return rendered(ask, { vendor, rule }, await assemblePhone(context, device, configuration, { origin: ask.origin }), proof.found)
}

function rendered(
  ask: FileAsk,
  { vendor, rule }: { readonly vendor: Vendor; readonly rule: FileRule },
  assembled: AssembledPhone,
  found: ConfiguredDevice,
): Outcome {
  const { phone } = assembled
  const text = rule.render?.(phone) ?? ''
  const body = sealedIfDue(ask, { vendor, rule }, phone, text, found)
  if (typeof body === 'object' && 'verdict' in body) return body
  const { answer, isKnown } = content(ask, rule, body)
  const { firmwareVersion } = readUserAgent(ask.userAgent)
  // A phone that only looked has nothing yet.
  const hasAll = rule.purpose === 'device' && rule.isPart !== true && ask.method === 'GET'
  const fetched = { digest: hasAll ? assembled.digest : undefined, firmwareVersion }
  const verdict = isKnown ? 'NotModified' : rule.purpose === 'model' ? 'Bootstrap' : phone.lines.length === NO_LINES ? 'ServedWithoutLines' : 'Served'
  return { verdict, answer, fetched }
}

/** What holds passwords goes to phones without TLS in the encryption of their vendor, where the operator asks for it. */
function sealedIfDue(
  ask: FileAsk,
  { vendor, rule }: { readonly vendor: Vendor; readonly rule: FileRule },
  phone: PhoneConfiguration,
  text: string,
  found: ConfiguredDevice,
): string | Buffer | Outcome {
  const { encryptionKey } = phone.source
  if (rule.purpose === 'model' && ask.token === undefined) return text
  if (phone.settings.encryption === 'off' && !isSealedName(ask.file.pattern)) return text
  if (vendor.encryption === undefined) return ask.isSecure ? text : { verdict: 'EncryptionNotSupported', answer: told(404) }
  if (encryptionKey === undefined || found.device.encryption_key_sealed === null) return { verdict: 'EncryptionKeyMissing', answer: told(404) }
  // The key itself stands in the files that say where the others are: they are encrypted like them.
  return encryptFile(text, encryptionKey, vendor.encryption)
}

function content(ask: FileAsk, rule: FileRule, body: string | Buffer): { readonly answer: FileAnswer; readonly isKnown: boolean } {
  const entityTag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 32)}"`
  const isKnown = (ask.ifNoneMatch ?? '').split(',').some((given) => given.trim().replace(/^W\//, '') === entityTag || given.trim() === '*')
  const headers = {
    etag: entityTag,
    'cache-control': 'private, no-cache',
    'content-type': typeof body === 'string' ? (rule.contentType ?? TEXT) : 'application/octet-stream',
  }
  return isKnown ? { answer: { status: 304, headers, body: '' }, isKnown } : { answer: { status: 200, headers, body }, isKnown }
}

/** @param clearInMs until all who were sent away are served */
function busy(clearInMs: number): FileAnswer {
  const { headers, ...answer } = told(503)
  const { from, least, most } = COME_AGAIN_SECONDS
  const latest = Math.min(most, Math.max(least, from + Math.ceil(clearInMs / 1000)))
  return { ...answer, headers: { ...headers, 'retry-after': String(randomInt(from, latest + 1)) } }
}

function told(status: number): FileAnswer {
  return { status, headers: { 'content-type': TEXT, 'cache-control': 'no-store' }, body: '' }
}

function recordOf(context: Context, ask: FileAsk, proof: Proof, { verdict, answer }: Outcome) {
  return {
    atMs: context.clock.nowMs(),
    method: ask.method,
    fileName: ask.file.fileName,
    macAddress: ask.file.macAddress ?? readUserAgent(ask.userAgent).macAddress,
    httpStatus: answer.status,
    verdict,
    authentication: proof.kind === 'proven' ? proof.by : undefined,
    ipAddress: ask.ipAddress,
    userAgent: ask.userAgent,
  }
}
