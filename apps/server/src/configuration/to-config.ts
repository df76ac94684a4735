import { resolve } from 'node:path'
import { err, ok, type Result } from '@dialtone/foundation'
import { ALL_ROLES, type Config, type Role } from './config.ts'
import { findPublicAddress, findPublicAddressIpv6 } from './find-public-address.ts'
import { ENVIRONMENT_TABLE, type EnvironmentKey, type EnvironmentTable } from './environment-table.ts'
import type { EnvironmentVariable } from './environment-variable.ts'
import type { RawEnvironment } from './read-environment.ts'

export interface ConfigurationProblem {
  /** The variable to change. */
  readonly name: string
  /** A whole sentence that says what to change. */
  readonly message: string
}

type ParsedValue<Variable> = Variable extends EnvironmentVariable<infer Value> ? Value : never
/** A variable without a default may be absent. */
type ParsedEnvironment = {
  readonly [Key in EnvironmentKey]: ParsedValue<EnvironmentTable[Key]> | (EnvironmentTable[Key]['default'] extends string ? never : undefined)
}

/** Checks every variable alone and then together, and reports all problems at once. */
export function toConfig(raw: RawEnvironment): Result<Config, readonly ConfigurationProblem[]> {
  const parsed = parseAll(raw)
  if (!parsed.ok) return parsed
  const problems = contradictions(parsed.value)
  return problems.length > 0 ? err(problems) : ok(deepFreeze(assemble(parsed.value, raw)))
}

function parseAll(raw: RawEnvironment): Result<ParsedEnvironment, readonly ConfigurationProblem[]> {
  const values: Partial<Record<EnvironmentKey, unknown>> = {}
  const problems: ConfigurationProblem[] = []
  for (const key of Object.keys(ENVIRONMENT_TABLE) as EnvironmentKey[]) {
    const variable: EnvironmentVariable<unknown> = ENVIRONMENT_TABLE[key]
    const text = raw.texts[key] ?? variable.default
    if (text === undefined) continue
    const parsed = variable.parse(text)
    if (parsed.ok) values[key] = parsed.value
    else problems.push({ name: variable.name, message: `${variable.name} is ${quoted(key, text)}, but it must be ${parsed.error}.` })
  }
  return problems.length > 0 ? err(problems) : ok(values as ParsedEnvironment)
}

const SECRETS: ReadonlySet<EnvironmentKey> = new Set(['adminPassword', 'databaseUrl', 'redisUrl', 'smtpUrl', 'smsWebhookSecret', 's3SecretAccessKey'])

/** A secret is not repeated in a message that ends up in logs. */
function quoted(key: EnvironmentKey, text: string): string {
  return SECRETS.has(key) ? 'not usable' : `"${text}"`
}

function contradictions(values: ParsedEnvironment): readonly ConfigurationProblem[] {
  return [
    ...tlsProblems(values),
    ...phoneAuthorityProblems(values),
    ...familyProblems(values),
    ...roleProblems(values),
    ...portProblems(values),
    ...s3Problems(values),
  ]
}

function tlsProblems({ tlsCertificateFile, tlsKeyFile }: ParsedEnvironment): readonly ConfigurationProblem[] {
  if ((tlsCertificateFile === undefined) === (tlsKeyFile === undefined)) return []
  const [given, missing] = tlsCertificateFile === undefined ? ['DIALTONE_TLS_KEY', 'DIALTONE_TLS_CERT'] : ['DIALTONE_TLS_CERT', 'DIALTONE_TLS_KEY']
  return [{ name: missing, message: `${given} is set, so ${missing} must be set too; set both or neither.` }]
}

function phoneAuthorityProblems({ httpsPort, phoneAuthoritiesFile }: ParsedEnvironment): readonly ConfigurationProblem[] {
  if (phoneAuthoritiesFile === undefined || httpsPort !== undefined) return []
  return [{ name: 'DIALTONE_HTTPS_PORT', message: 'DIALTONE_PHONE_CA is set, so DIALTONE_HTTPS_PORT must be set too: certificates are shown over TLS alone.' }]
}

function servesIpv6({ sipHost }: ParsedEnvironment): boolean {
  return sipHost.includes(':')
}

function familyProblems(values: ParsedEnvironment): readonly ConfigurationProblem[] {
  if (values.publicAddressIpv6 === undefined || servesIpv6(values)) return []
  const message = `DIALTONE_PUBLIC_ADDRESS_IPV6 is set, but DIALTONE_SIP_HOST ${values.sipHost} is not reached by IPv6; set it to "::", which serves IPv4 too.`
  return [{ name: 'DIALTONE_SIP_HOST', message }]
}

function s3Problems({ s3Bucket, s3AccessKeyId, s3SecretAccessKey }: ParsedEnvironment): readonly ConfigurationProblem[] {
  const given = { DIALTONE_S3_BUCKET: s3Bucket, DIALTONE_S3_ACCESS_KEY_ID: s3AccessKeyId, DIALTONE_S3_SECRET_ACCESS_KEY: s3SecretAccessKey }
  const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []))
  if (missing.length === 0 || missing.length === Object.keys(given).length) return []
  return missing.map((name) => ({ name, message: `${name} is missing; set ${Object.keys(given).join(', ')} together or none of them.` }))
}

function roleProblems({ roles }: ParsedEnvironment): readonly ConfigurationProblem[] {
  if (!roles.includes('all') || roles.length === 1) return []
  return [{ name: 'DIALTONE_ROLES', message: 'DIALTONE_ROLES names "all" beside other roles; write "all" alone or leave it out.' }]
}

/** Two listeners on one port fail at start with a message nobody understands; here it says which variable to change. */
function portProblems(values: ParsedEnvironment): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = []
  const { first, last } = values.rtpPorts
  const listeners = [
    { name: 'DIALTONE_HTTP_PORT', port: values.httpPort, udp: false },
    ...(values.httpsPort === undefined ? [] : [{ name: 'DIALTONE_HTTPS_PORT', port: values.httpsPort, udp: false }]),
    { name: 'DIALTONE_SIP_PORT', port: values.sipPort, udp: true },
    { name: 'DIALTONE_SIP_TLS_PORT', port: values.sipTlsPort, udp: false },
    ...(values.tftpPort === undefined ? [] : [{ name: 'DIALTONE_TFTP_PORT', port: values.tftpPort, udp: true }]),
  ]
  for (const [index, listener] of listeners.entries()) {
    const twin = listeners.slice(0, index).find((other) => other.port === listener.port && listener.port !== 0)
    if (twin !== undefined) problems.push({ name: listener.name, message: `${twin.name} and ${listener.name} are both ${listener.port}; change one of them.` })
    if (listener.udp && listener.port >= first && listener.port <= last)
      problems.push({ name: listener.name, message: `${listener.name} ${listener.port} lies inside DIALTONE_RTP_PORTS ${first}-${last}; change one of them.` })
  }
  return problems
}

function assemble(values: ParsedEnvironment, raw: RawEnvironment): Config {
  const { tlsCertificateFile, tlsKeyFile } = values
  return {
    dataDirectory: resolve(values.dataDirectory),
    http: {
      ...{ host: values.httpHost, port: values.httpPort },
      ...{ maxConnections: values.httpConnections, maxConnectionsPerAddress: values.httpConnectionsPerAddress },
    },
    https: httpsOf(values),
    tftp: values.tftpPort === undefined ? undefined : { port: values.tftpPort },
    sip: {
      host: values.sipHost,
      port: values.sipPort,
      tlsPort: values.sipTlsPort,
      domain: values.sipDomain.toLowerCase(),
      digestAlgorithms: values.sipDigestAlgorithms,
      scanners: values.sipScanners,
      wrongPasswords: values.sipWrongPasswords,
      inviteRate: values.sipInviteRate,
      requestRate: values.sipRequestRate,
    },
    nameServers: values.nameServers,
    tls:
      tlsCertificateFile === undefined || tlsKeyFile === undefined ? undefined : { certificateFile: resolve(tlsCertificateFile), keyFile: resolve(tlsKeyFile) },
    carrierAuthoritiesFile: values.carrierAuthoritiesFile === undefined ? undefined : resolve(values.carrierAuthoritiesFile),
    ...publicAddresses(values),
    rtpPorts: values.rtpPorts,
    media: { anchoring: values.mediaAnchoring, rtpTimeoutSeconds: values.rtpTimeoutSeconds },
    switchWorkers: values.switchWorkers,
    drainSeconds: values.drainSeconds,
    databaseUrl: values.databaseUrl,
    embeddedDatabase: values.embeddedDatabase,
    redisUrl: values.redisUrl,
    rtpengineUrl: values.rtpengineUrl,
    roles: values.roles.includes('all') ? [...ALL_ROLES] : values.roles.filter((role): role is Role => role !== 'all'),
    admin: { username: values.adminUsername, password: values.adminPassword },
    partitionId: values.partitionId,
    environment: values.environment,
    sandbox: values.sandbox === undefined ? values.environment !== 'production' : values.sandbox === 'on',
    rateLimit: values.rateLimit,
    smtp: values.smtpUrl === undefined ? undefined : { url: values.smtpUrl, from: values.mailFrom },
    smsWebhook: values.smsWebhookUrl === undefined ? undefined : { url: values.smsWebhookUrl, secret: values.smsWebhookSecret },
    s3: s3Of(values),
    voice: voiceOf(values),
    compatibility: values.compatibility ?? [],
    logLevel: values.logLevel,
    warnings: raw.unknownNames.map((name) => `${name} is set, but it is no setting of this version; check its spelling.`),
  }
}

const EVERY_ADDRESS = '::'
const LOOPBACK = '127.0.0.1'

/** Where there is no IPv4, the address of IPv6 is the one for everybody. */
function publicAddresses(values: ParsedEnvironment): Pick<Config, 'publicAddress' | 'publicAddressIpv6'> {
  const isAlone = servesIpv6(values) && values.sipHost !== EVERY_ADDRESS
  const publicAddressIpv6 = values.publicAddressIpv6 ?? (isAlone ? values.sipHost : servesIpv6(values) ? findPublicAddressIpv6() : undefined)
  if (values.publicAddress !== undefined) return { publicAddress: values.publicAddress, publicAddressIpv6 }
  const found = findPublicAddress()
  return { publicAddress: (isAlone || found === LOOPBACK ? publicAddressIpv6 : undefined) ?? found, publicAddressIpv6 }
}

function voiceOf({ voiceCommand, voices }: ParsedEnvironment): Config['voice'] {
  const command = voiceCommand.split(' ').filter((word) => word !== '')
  if (voiceCommand === 'off' || command.length === 0) return undefined
  return { command, voices: Object.fromEntries(voices.split(',').map((voice) => voice.split('=') as [string, string])) }
}

function httpsOf({ httpsPort, phoneAuthoritiesFile }: ParsedEnvironment): Config['https'] {
  if (httpsPort === undefined) return undefined
  return { port: httpsPort, phoneAuthoritiesFile: phoneAuthoritiesFile === undefined ? undefined : resolve(phoneAuthoritiesFile) }
}

function s3Of({
  s3Bucket: bucket,
  s3Prefix: prefix,
  s3Region: region,
  s3Endpoint,
  s3AccessKeyId: accessKeyId,
  s3SecretAccessKey: secretAccessKey,
}: ParsedEnvironment): Config['s3'] {
  if (bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) return undefined
  return { endpoint: s3Endpoint ?? `https://s3.${region}.amazonaws.com`, bucket, prefix, region, accessKeyId, secretAccessKey }
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part as object)
  return Object.freeze(value)
}
