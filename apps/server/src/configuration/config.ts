import type { PortRange } from './environment-variable.ts'

export type Role = 'api' | 'switch' | 'worker' | 'provisioning'
export type DeploymentEnvironment = 'development' | 'qa' | 'beta' | 'production'
export type CompatibilityMode = 'authorizeCreated' | 'loginInvalid400' | 'notPermitted400'
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** What the server was told, checked and frozen. */
export interface Config {
  /** Absolute. */
  readonly dataDirectory: string
  readonly http: {
    readonly host: string
    readonly port: number
    /** With those of HTTPS. */
    readonly maxConnections: number
    /** 0 = as many as there are. */
    readonly maxConnectionsPerAddress: number
  }
  /** undefined: HTTP alone. */
  readonly https: { readonly port: number; readonly phoneAuthoritiesFile: string | undefined } | undefined
  /** undefined: no TFTP. */
  readonly tftp: { readonly port: number } | undefined
  readonly sip: {
    readonly host: string
    readonly port: number
    readonly tlsPort: number
    readonly domain: string
    readonly digestAlgorithms: readonly ('SHA-256' | 'MD5')[]
    readonly scanners: 'drop' | 'serve'
    /** Before a user is banned at an address; 0 = never. */
    readonly wrongPasswords: number
    /** New requests a second from one address; 0 = no limit. */
    readonly inviteRate: number
    readonly requestRate: number
  }
  /** Whom domains of tenants are proven by; undefined: the name servers of the machine. */
  readonly nameServers: readonly string[] | undefined
  /** undefined: a self-signed certificate is made. */
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined
  /** Who vouches for carriers over TLS; undefined: the public authorities. */
  readonly carrierAuthoritiesFile: string | undefined
  readonly publicAddress: string
  /** undefined: whoever comes by IPv6 is told `publicAddress` too. */
  readonly publicAddressIpv6: string | undefined
  readonly rtpPorts: PortRange
  readonly media: {
    readonly anchoring: 'always' | 'never'
    /** Silence that ends a call. */
    readonly rtpTimeoutSeconds: number
  }
  /** 0: calls are carried in the thread of the API. */
  readonly switchWorkers: number
  /** For calls when the server stops. */
  readonly drainSeconds: number
  readonly databaseUrl: string | undefined
  readonly embeddedDatabase: 'postgres' | 'pglite'
  readonly redisUrl: string | undefined
  readonly rtpengineUrl: string | undefined
  /** Every role by its own name: `all` is spelled out. */
  readonly roles: readonly Role[]
  readonly admin: { readonly username: string; readonly password: string | undefined }
  readonly partitionId: string | undefined
  readonly environment: DeploymentEnvironment
  readonly sandbox: boolean
  /** Requests a second for each token; 0 = off. */
  readonly rateLimit: number
  /** undefined: messages stay in the mailbox of the sandbox. */
  readonly smtp: { readonly url: string; readonly from: string } | undefined
  readonly smsWebhook: { readonly url: string; readonly secret: string | undefined } | undefined
  /** undefined: files lie in the data directory. */
  readonly s3: S3Config | undefined
  /** Who says the texts of menus; undefined: nobody. */
  readonly voice: VoiceConfig | undefined
  readonly compatibility: readonly CompatibilityMode[]
  readonly logLevel: LogLevel
  /** Not errors: what the start should mention. */
  readonly warnings: readonly string[]
}

/** A program that says words: they are written to it, and it writes a WAV file. */
export interface VoiceConfig {
  /** The program and its arguments; `{voice}` in one of them stands for the voice of the language. */
  readonly command: readonly string[]
  /** By language. */
  readonly voices: Readonly<Record<string, string>>
}

/** A bucket of an S3-compatible store. */
export interface S3Config {
  readonly endpoint: string
  readonly bucket: string
  readonly prefix: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export const ALL_ROLES: readonly Role[] = ['api', 'switch', 'worker', 'provisioning']
