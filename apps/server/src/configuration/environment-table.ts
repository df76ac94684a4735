import { MAX_SHARING } from '@dialtone/sip'
import {
  addressList,
  anyText,
  hostName,
  ipv4Address,
  ipv6Address,
  listOf,
  matching,
  oneOf,
  port,
  portRange,
  urlOf,
  wholeNumber,
  type EnvironmentVariable,
} from './environment-variable.ts'

const domainName = matching(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i, 'a domain name such as voice.example.com')

/** Every variable the server reads. The documentation page is generated from here, and nothing else reads the environment. */
export const ENVIRONMENT_TABLE = {
  dataDirectory: {
    name: 'DIALTONE_DATA_DIR',
    default: './data',
    meaning: 'Where the embedded database, call journal, recordings, faxes, voicemail, uploads and the first-run file live.',
    parse: anyText,
  },
  httpHost: { name: 'DIALTONE_HTTP_HOST', default: '0.0.0.0', meaning: 'Address the API listens on.', parse: hostName },
  httpPort: {
    name: 'DIALTONE_HTTP_PORT',
    default: '8080',
    meaning: 'Port of the API. `0` picks a free one.',
    parse: port,
  },
  httpConnections: {
    name: 'DIALTONE_HTTP_CONNECTIONS',
    default: '4000',
    meaning:
      'Connections to the API at a time, HTTP and HTTPS together. When all places are taken, the one that has waited longest for a request is closed for the next; SIP over WebSocket counts with SIP.',
    parse: wholeNumber(10, 1_000_000),
  },
  httpConnectionsPerAddress: {
    name: 'DIALTONE_HTTP_CONNECTIONS_PER_ADDRESS',
    default: '1000',
    meaning: 'Of them from one address (or one /64 of IPv6), as above. `0`: all of them, for a proxy that everybody comes through.',
    parse: wholeNumber(0, 1_000_000),
  },
  httpsPort: {
    name: 'DIALTONE_HTTPS_PORT',
    default: undefined,
    defaultShown: 'none: HTTP alone',
    meaning: 'Port of the API and of device configuration over TLS, with the certificate of `DIALTONE_TLS_CERT`. `0` picks a free one.',
    parse: port,
  },
  phoneAuthoritiesFile: {
    name: 'DIALTONE_PHONE_CA',
    default: undefined,
    defaultShown: 'none: certificates of phones mean nothing',
    meaning: 'PEM file of the authorities that sign the certificates makers put into their phones; goes with `DIALTONE_HTTPS_PORT`.',
    parse: anyText,
  },
  tftpPort: {
    name: 'DIALTONE_TFTP_PORT',
    default: undefined,
    defaultShown: 'none: no TFTP',
    meaning:
      'UDP port of TFTP for phones that know nothing else, usually 69. Read only: files of no device, and those of a device whose one-time window is open. `0` picks a free one.',
    parse: port,
  },
  sipHost: { name: 'DIALTONE_SIP_HOST', default: '0.0.0.0', meaning: 'Address SIP and media listen on: `::` is IPv6 and IPv4.', parse: hostName },
  sipPort: { name: 'DIALTONE_SIP_PORT', default: '5060', meaning: 'Port of SIP over UDP and TCP. `0` picks a free one.', parse: port },
  sipTlsPort: {
    name: 'DIALTONE_SIP_TLS_PORT',
    default: '5061',
    meaning: 'Port of SIP over TLS. `0` picks a free one. SIP over WebSocket needs no port: it is served at `/sip` on the port of the API.',
    parse: port,
  },
  tlsCertificateFile: {
    name: 'DIALTONE_TLS_CERT',
    default: undefined,
    defaultShown: 'self-signed, made on the first start and kept',
    meaning: 'PEM file of the TLS certificate chain; goes with `DIALTONE_TLS_KEY`.',
    parse: anyText,
  },
  tlsKeyFile: {
    name: 'DIALTONE_TLS_KEY',
    default: undefined,
    meaning: 'PEM file of the private key; goes with `DIALTONE_TLS_CERT`.',
    parse: anyText,
  },
  carrierAuthoritiesFile: {
    name: 'DIALTONE_SIP_TLS_CA',
    default: undefined,
    defaultShown: 'the public ones',
    meaning: 'PEM file of the authorities that sign the certificates of carriers, called or calling over TLS. Only these are believed then.',
    parse: anyText,
  },
  publicAddress: {
    name: 'DIALTONE_PUBLIC_ADDRESS',
    default: undefined,
    defaultShown: 'first IPv4 address of this machine; where there is none, or `DIALTONE_SIP_HOST` is an address of IPv6, that of IPv6',
    meaning: 'Address put into SIP and SDP: the one phones and carriers reach this server at.',
    parse: ipv4Address,
  },
  publicAddressIpv6: {
    name: 'DIALTONE_PUBLIC_ADDRESS_IPV6',
    default: undefined,
    defaultShown: '`DIALTONE_SIP_HOST` when it is an address of IPv6; with `::` the first global one of this machine, else none',
    meaning: 'The same for whoever comes by IPv6. Calls between phones of IPv4 and of IPv6 are joined at the media relay.',
    parse: ipv6Address,
  },
  sipDomain: { name: 'DIALTONE_SIP_DOMAIN', default: 'dialtone.local', meaning: 'Default SIP domain and digest realm.', parse: domainName },
  nameServers: {
    name: 'DIALTONE_DNS',
    default: undefined,
    defaultShown: 'those of the machine',
    meaning: 'Name servers that are asked for the records by which tenants prove their SIP domains: addresses with commas between, perhaps with a port.',
    parse: addressList,
  },
  sipDigestAlgorithms: {
    name: 'DIALTONE_SIP_DIGEST_ALGORITHMS',
    default: 'MD5',
    meaning:
      'What SIP challenges offer: `MD5`, `SHA-256` or both. Widespread phones refuse a challenge that also offers SHA-256; SHA-256 is accepted in any case.',
    parse: listOf('SHA-256', 'MD5'),
  },
  sipScanners: {
    name: 'DIALTONE_SIP_SCANNERS',
    default: 'drop',
    meaning: 'What programs that call themselves SIP scanners get when they have no credentials: `drop` (no answer) or `serve` (the answer everybody gets).',
    parse: oneOf('drop', 'serve'),
  },
  sipWrongPasswords: {
    name: 'DIALTONE_SIP_WRONG_PASSWORDS',
    default: '10',
    meaning:
      'Wrong SIP passwords for one user from one address in a minute, then that user is refused there for five minutes; ten times as many for whatever users silence the address, except for users registered there. `0`: never. Calls of carriers and of PBXs known by address, this machine and emergency calls are exempt.',
    parse: wholeNumber(0, 1_000_000),
  },
  sipInviteRate: {
    name: 'DIALTONE_SIP_INVITE_RATE',
    default: '50',
    meaning: 'Calls a second from one address; more are answered 503 with Retry-After. `0`: no limit. Carriers, this machine and emergency calls are exempt.',
    parse: wholeNumber(0, 1_000_000),
  },
  sipRequestRate: {
    name: 'DIALTONE_SIP_REQUEST_RATE',
    default: '500',
    meaning: 'Registrations, subscriptions and other new SIP requests a second from one address, as above.',
    parse: wholeNumber(0, 1_000_000),
  },
  rtpPorts: { name: 'DIALTONE_RTP_PORTS', default: '30000-39999', meaning: 'UDP ports for media; a call between two phones takes four.', parse: portRange },
  mediaAnchoring: {
    name: 'DIALTONE_MEDIA_ANCHORING',
    default: 'always',
    meaning:
      "`always`: the media of calls goes through this server. `never`: phones and carriers send it to each other, and see each other's addresses; nothing of it is measured, SRTP keys pass unread, digits are not converted. Emergency calls, transferred calls, calls without an offer and what the platform itself answers are anchored in any case, as are calls between a phone that takes SRTP alone and one without, once it has refused (488).",
    parse: oneOf('always', 'never'),
  },
  rtpTimeoutSeconds: {
    name: 'DIALTONE_RTP_TIMEOUT_SECONDS',
    default: '60',
    meaning: 'A call ends when a phone that should send media has sent none for so long. Calls on hold do not; emergency calls end when both sides are silent.',
    parse: wholeNumber(5, 86_400),
  },
  switchWorkers: {
    name: 'DIALTONE_SWITCH_WORKERS',
    default: '1',
    meaning:
      'Threads that carry calls, each with all of SIP and media; an account is served by one of them. `0`: the thread of the API does it, and is now and then late for calls.',
    parse: wholeNumber(0, MAX_SHARING),
  },
  drainSeconds: {
    name: 'DIALTONE_DRAIN_SECONDS',
    default: '5',
    meaning:
      'How long calls that go on may go on when the server is stopped, before they are hung up; new ones are refused meanwhile. `0`: at once. Whatever stops the server has to wait that long, and a minute more.',
    parse: wholeNumber(0, 86_400),
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    default: undefined,
    defaultShown: 'embedded database',
    meaning: 'PostgreSQL 15 or newer to use instead of the embedded one.',
    parse: urlOf(['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/dialtone'),
  },
  redisUrl: {
    name: 'REDIS_URL',
    default: undefined,
    defaultShown: 'in-process',
    meaning: 'Redis or Valkey for what several nodes share. Not used by this version yet.',
    parse: urlOf(['redis:', 'rediss:'], 'redis://host:6379'),
  },
  rtpengineUrl: {
    name: 'RTPENGINE_URL',
    default: undefined,
    defaultShown: 'in-process media',
    meaning: 'Control socket of an rtpengine that carries the media. Not used by this version yet.',
    parse: urlOf(['udp:'], 'udp://host:2223'),
  },
  embeddedDatabase: {
    name: 'DIALTONE_EMBEDDED_DATABASE',
    default: 'postgres',
    meaning: 'Which embedded database: `postgres` (a child process, durable) or `pglite` (inside the server; survives a crash of the server, not a power cut).',
    parse: oneOf('postgres', 'pglite'),
  },
  roles: {
    name: 'DIALTONE_ROLES',
    default: 'all',
    meaning: 'What this node does: `all`, or a comma list of `api`, `switch`, `worker`, `provisioning`. This version runs with `all` only.',
    parse: listOf('all', 'api', 'switch', 'worker', 'provisioning'),
  },
  adminUsername: {
    name: 'DIALTONE_ADMIN_USERNAME',
    default: 'admin@dialtone.local',
    meaning: 'User name of the first management user, made on the first start only.',
    parse: matching(/^[\x21-\x7e]{1,255}$/, 'at most 255 printable ASCII characters without a space'),
  },
  adminPassword: {
    name: 'DIALTONE_ADMIN_PASSWORD',
    default: undefined,
    defaultShown: 'random, printed on the first start',
    meaning: 'Password of the first management user, used on the first start only.',
    parse: matching(/^[^\r\n]{1,200}$/, 'one line of at most 200 characters'),
  },
  partitionId: {
    name: 'DIALTONE_PARTITION_ID',
    default: undefined,
    defaultShown: 'random',
    meaning: 'Id of the first partition, used on the first start only.',
    // The forms of an opaque id: C-44.
    parse: matching(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, "-" or "_"'),
  },
  environment: {
    name: 'DIALTONE_ENVIRONMENT',
    default: 'development',
    meaning: '`development`, `qa`, `beta` or `production`. Tokens and ids of one are not valid in another.',
    parse: oneOf('development', 'qa', 'beta', 'production'),
  },
  sandbox: {
    name: 'DIALTONE_SANDBOX',
    default: undefined,
    defaultShown: '`on`, in production `off`',
    meaning: 'The built-in carrier, PSTN, PSAP and mailbox: `on` or `off`.',
    parse: oneOf('on', 'off'),
  },
  rateLimit: {
    name: 'DIALTONE_RATE_LIMIT',
    default: '100',
    meaning: 'API requests a second for each token; `0` = no limit.',
    parse: wholeNumber(0, 1_000_000),
  },
  smtpUrl: {
    name: 'DIALTONE_SMTP_URL',
    default: undefined,
    defaultShown: 'none: mail stays in the mailbox of the sandbox',
    meaning: 'Mail server that e-mail goes out through.',
    parse: urlOf(['smtp:', 'smtps:'], 'smtp://user:password@mail.example.com:587'),
  },
  mailFrom: {
    name: 'DIALTONE_MAIL_FROM',
    default: 'Dialtone <no-reply@dialtone.local>',
    meaning: 'Sender of e-mail.',
    parse: matching(/^[^\r\n]{0,200}@[^\r\n@]{1,200}$/, 'an address such as Voice <voice@example.com>'),
  },
  smsWebhookUrl: {
    name: 'DIALTONE_SMS_WEBHOOK',
    default: undefined,
    defaultShown: 'none: text messages stay in the mailbox of the sandbox',
    meaning: 'URL of a gateway that text messages are posted to as `{"id", "to", "text"}`.',
    parse: urlOf(['https:', 'http:'], 'https://sms.example.com/send'),
  },
  smsWebhookSecret: {
    name: 'DIALTONE_SMS_SECRET',
    default: undefined,
    defaultShown: 'none: not signed',
    meaning: 'Secret that posts to the gateway are signed with: `X-Dialtone-Signature: sha256=` and the HMAC-SHA-256 of the body.',
    parse: matching(/^[^\r\n]{8,200}$/, 'one line of 8 to 200 characters'),
  },
  s3Bucket: {
    name: 'DIALTONE_S3_BUCKET',
    default: undefined,
    defaultShown: 'none: files lie in `files/` of the data directory',
    meaning:
      'Bucket of an S3-compatible store for voicemail, greetings, prompts, recordings and uploads. Files of the data directory are not moved: copy `files/` under the prefix before the first start with it.',
    parse: matching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens'),
  },
  s3Prefix: {
    name: 'DIALTONE_S3_PREFIX',
    default: '',
    defaultShown: 'none',
    meaning: 'Stands before the name of every object, such as `dialtone/production`.',
    parse: matching(/^(?:[A-Za-z0-9_-][A-Za-z0-9_./-]{0,200})?$/, 'letters, digits, `_`, `-`, dots and slashes'),
  },
  s3Endpoint: {
    name: 'DIALTONE_S3_ENDPOINT',
    default: undefined,
    defaultShown: 'https://s3.<region>.amazonaws.com',
    meaning: 'Where the S3-compatible store is; the bucket is named in the path.',
    parse: urlOf(['https:', 'http:'], 'https://s3.example.com'),
  },
  s3Region: {
    name: 'DIALTONE_S3_REGION',
    default: 'us-east-1',
    meaning: 'Region that requests to the store are signed for.',
    parse: matching(/^[a-z0-9-]{1,40}$/, 'a region such as eu-central-1'),
  },
  s3AccessKeyId: {
    name: 'DIALTONE_S3_ACCESS_KEY_ID',
    default: undefined,
    meaning: 'Access key of the store; goes with `DIALTONE_S3_SECRET_ACCESS_KEY`.',
    parse: matching(/^[\x21-\x7e]{1,128}$/, 'an access key without spaces'),
  },
  s3SecretAccessKey: {
    name: 'DIALTONE_S3_SECRET_ACCESS_KEY',
    default: undefined,
    meaning: 'Secret that requests to the store are signed with.',
    parse: matching(/^[\x21-\x7e]{1,256}$/, 'a secret without spaces'),
  },
  voiceCommand: {
    name: 'DIALTONE_VOICE_COMMAND',
    default: 'espeak-ng -v {voice} -s 172 --stdin --stdout',
    meaning:
      'Program that says the texts of menus: it reads one from its input and writes a WAV file. Words are split at spaces, no shell reads them; `{voice}` is the voice of the language. Where the program is not installed, texts are not said. `off`: never.',
    parse: matching(/^[^\r\n]{1,500}$/, 'one line of at most 500 characters'),
  },
  voices: {
    name: 'DIALTONE_VOICES',
    default: 'en-US=en-us,fr-CA=fr-fr,es-MX=es-419',
    meaning: 'The voice of each language, as that program calls it.',
    parse: matching(/^(?:en-US|fr-CA|es-MX)=[^\s,=]{1,60}(?:,(?:en-US|fr-CA|es-MX)=[^\s,=]{1,60}){0,2}$/, 'such as en-US=en-us,fr-CA=fr-fr,es-MX=es-419'),
  },
  compatibility: {
    name: 'DIALTONE_COMPAT',
    default: undefined,
    defaultShown: 'none',
    meaning: 'Comma list of `authorizeCreated` (login answers 201), `loginInvalid400`, `notPermitted400`.',
    parse: listOf('authorizeCreated', 'loginInvalid400', 'notPermitted400'),
  },
  logLevel: {
    name: 'DIALTONE_LOG_LEVEL',
    default: 'info',
    meaning: '`debug`, `info`, `warn`, `error` or `silent`. JSON lines on stdout; readable text on a terminal.',
    parse: oneOf('debug', 'info', 'warn', 'error', 'silent'),
  },
} as const satisfies Readonly<Record<string, EnvironmentVariable<unknown>>>

export type EnvironmentTable = typeof ENVIRONMENT_TABLE
export type EnvironmentKey = keyof EnvironmentTable
