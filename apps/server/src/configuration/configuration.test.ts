import { readFileSync } from 'node:fs'
import type { NetworkInterfaceInfo } from 'node:os'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findPublicAddress, findPublicAddressIpv6, readEnvironment, renderConfigurationPage, toConfig, type Config } from './index.ts'

function configOf(environment: Record<string, string>): Config {
  const result = toConfig(readEnvironment(environment))
  if (!result.ok) throw new Error(result.error.map((problem) => problem.message).join('\n'))
  return result.value
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  const result = toConfig(readEnvironment(environment))
  return result.ok ? [] : result.error.map((problem) => problem.message)
}

function address(family: 'IPv4' | 'IPv6', text: string, internal = false): NetworkInterfaceInfo {
  const rest = { address: text, netmask: '', mac: '', internal, cidr: null }
  return family === 'IPv4' ? { ...rest, family } : { ...rest, family, scopeid: 0 }
}

const SIP_PROTECTION = { scanners: 'drop', wrongPasswords: 10, inviteRate: 50, requestRate: 500 }

describe('configuration from nothing', () => {
  it('has the documented defaults', () => {
    expect(configOf({})).toEqual({
      dataDirectory: resolve('data'),
      http: { host: '0.0.0.0', port: 8080, maxConnections: 4000, maxConnectionsPerAddress: 1000 },
      sip: { host: '0.0.0.0', port: 5060, tlsPort: 5061, domain: 'dialtone.local', digestAlgorithms: ['MD5'], ...SIP_PROTECTION },
      tls: undefined,
      publicAddress: findPublicAddress(),
      rtpPorts: { first: 30_000, last: 39_999 },
      media: { anchoring: 'always', rtpTimeoutSeconds: 60 },
      switchWorkers: 1,
      drainSeconds: 5,
      databaseUrl: undefined,
      embeddedDatabase: 'postgres',
      redisUrl: undefined,
      rtpengineUrl: undefined,
      roles: ['api', 'switch', 'worker', 'provisioning'],
      admin: { username: 'admin@dialtone.local', password: undefined },
      partitionId: undefined,
      environment: 'development',
      sandbox: true,
      rateLimit: 100,
      voice: {
        command: ['espeak-ng', '-v', '{voice}', '-s', '172', '--stdin', '--stdout'],
        voices: { 'en-US': 'en-us', 'fr-CA': 'fr-fr', 'es-MX': 'es-419' },
      },
      compatibility: [],
      logLevel: 'info',
      warnings: [],
    })
  })

  it('is frozen to the bottom, so that no room changes what another was told', () => {
    const config = configOf({})
    expect(Object.isFrozen(config) && Object.isFrozen(config.sip) && Object.isFrozen(config.roles)).toBe(true)
  })
})

describe('configuration from the environment', () => {
  it('takes every variable', () => {
    const config = configOf({
      DIALTONE_DATA_DIR: '/srv/dialtone',
      DIALTONE_HTTP_HOST: '127.0.0.1',
      ...{ DIALTONE_HTTP_CONNECTIONS: '200', DIALTONE_HTTP_CONNECTIONS_PER_ADDRESS: '0', DIALTONE_DRAIN_SECONDS: '600' },
      ...{ DIALTONE_HTTP_PORT: '0', DIALTONE_SIP_PORT: '0', DIALTONE_SIP_TLS_PORT: '0' },
      DIALTONE_SIP_HOST: '127.0.0.1',
      DIALTONE_TLS_CERT: '/srv/tls/cert.pem',
      DIALTONE_TLS_KEY: '/srv/tls/key.pem',
      DIALTONE_PUBLIC_ADDRESS: '192.0.2.10',
      DIALTONE_SIP_DOMAIN: 'Voice.Example.com',
      DIALTONE_SIP_SCANNERS: 'serve',
      DIALTONE_SIP_WRONG_PASSWORDS: '0',
      DIALTONE_SIP_INVITE_RATE: '7',
      DIALTONE_SIP_REQUEST_RATE: '8',
      DIALTONE_RTP_PORTS: '40000-40099',
      DIALTONE_MEDIA_ANCHORING: 'never',
      DIALTONE_RTP_TIMEOUT_SECONDS: '30',
      DATABASE_URL: 'postgresql://dialtone@/dialtone?host=%2Frun%2Fpostgresql',
      REDIS_URL: 'redis://127.0.0.1:6379',
      RTPENGINE_URL: 'udp://127.0.0.1:2223',
      DIALTONE_EMBEDDED_DATABASE: 'pglite',
      DIALTONE_ROLES: 'switch, api',
      DIALTONE_ADMIN_USERNAME: 'root@example.com',
      DIALTONE_ADMIN_PASSWORD: 'correct horse',
      DIALTONE_HTTPS_PORT: '8443',
      DIALTONE_PHONE_CA: '/srv/tls/phones.pem',
      DIALTONE_TFTP_PORT: '69',
      DIALTONE_PARTITION_ID: 'partition-1',
      DIALTONE_ENVIRONMENT: 'beta',
      DIALTONE_SANDBOX: 'off',
      DIALTONE_RATE_LIMIT: '0',
      DIALTONE_COMPAT: 'authorizeCreated,notPermitted400',
      DIALTONE_LOG_LEVEL: 'debug',
    })
    expect(config).toMatchObject({
      dataDirectory: '/srv/dialtone',
      http: { host: '127.0.0.1', port: 0, maxConnections: 200, maxConnectionsPerAddress: 0 },
      https: { port: 8443, phoneAuthoritiesFile: '/srv/tls/phones.pem' },
      ...{ drainSeconds: 600, tftp: { port: 69 } },
      sip: {
        host: '127.0.0.1',
        port: 0,
        tlsPort: 0,
        domain: 'voice.example.com',
        digestAlgorithms: ['MD5'],
        scanners: 'serve',
        wrongPasswords: 0,
        inviteRate: 7,
        requestRate: 8,
      },
      tls: { certificateFile: '/srv/tls/cert.pem', keyFile: '/srv/tls/key.pem' },
      publicAddress: '192.0.2.10',
      rtpPorts: { first: 40_000, last: 40_099 },
      media: { anchoring: 'never', rtpTimeoutSeconds: 30 },
      databaseUrl: 'postgresql://dialtone@/dialtone?host=%2Frun%2Fpostgresql',
      redisUrl: 'redis://127.0.0.1:6379',
      rtpengineUrl: 'udp://127.0.0.1:2223',
      embeddedDatabase: 'pglite',
      roles: ['api', 'switch'],
      admin: { username: 'root@example.com', password: 'correct horse' },
      partitionId: 'partition-1',
      environment: 'beta',
      sandbox: false,
      rateLimit: 0,
      compatibility: ['authorizeCreated', 'notPermitted400'],
      logLevel: 'debug',
    })
  })

  it('has an address of IPv6 where SIP is served over it', () => {
    expect(configOf({ DIALTONE_SIP_HOST: '::', DIALTONE_PUBLIC_ADDRESS_IPV6: '2001:db8::10' }).publicAddressIpv6).toBe('2001:db8::10')
    expect(configOf({}).publicAddressIpv6).toBeUndefined()
  })

  it('takes the address of IPv6 for everybody where SIP is served at it alone', () => {
    const { publicAddress, publicAddressIpv6 } = configOf({ DIALTONE_SIP_HOST: '2001:db8::10' })
    expect([publicAddress, publicAddressIpv6]).toEqual(['2001:db8::10', '2001:db8::10'])
    expect(configOf({ DIALTONE_SIP_HOST: '::', DIALTONE_PUBLIC_ADDRESS: '192.0.2.10' }).publicAddress).toBe('192.0.2.10')
  })

  it('names who vouches for carriers over TLS', () => {
    expect(configOf({ DIALTONE_SIP_TLS_CA: '/srv/tls/carriers.pem' }).carrierAuthoritiesFile).toBe('/srv/tls/carriers.pem')
    expect(configOf({}).carrierAuthoritiesFile).toBeUndefined()
  })

  it('names the program that says texts of menus, and its voices, or none', () => {
    const voice = { command: ['/opt/say', '-v', '{voice}'], voices: { 'fr-CA': 'chantal' } }
    expect(configOf({ DIALTONE_VOICE_COMMAND: '/opt/say -v  {voice}', DIALTONE_VOICES: 'fr-CA=chantal' }).voice).toEqual(voice)
    expect([configOf({ DIALTONE_VOICE_COMMAND: 'off' }).voice, problemsOf({ DIALTONE_VOICES: 'de-DE=hans' }).length]).toEqual([undefined, 1])
  })

  it('switches the sandbox off in production unless asked for', () => {
    expect(configOf({ DIALTONE_ENVIRONMENT: 'production' }).sandbox).toBe(false)
    expect(configOf({ DIALTONE_ENVIRONMENT: 'production', DIALTONE_SANDBOX: 'on' }).sandbox).toBe(true)
  })

  it('treats a variable set to nothing as not set', () => {
    expect(configOf({ DIALTONE_HTTP_PORT: '', DATABASE_URL: ' ' })).toEqual(configOf({}))
  })

  it('warns of a name that begins like ours and is none', () => {
    expect(configOf({ DIALTONE_HTPP_PORT: '80' }).warnings).toEqual(['DIALTONE_HTPP_PORT is set, but it is no setting of this version; check its spelling.'])
  })
})

describe('configuration problems', () => {
  it('are reported all together, in sentences that say what to change', () => {
    expect(problemsOf({ DIALTONE_HTTP_PORT: '80000', DIALTONE_ROLES: 'api,banana', DIALTONE_RTP_PORTS: '30000', DIALTONE_ENVIRONMENT: 'prod' })).toEqual([
      'DIALTONE_HTTP_PORT is "80000", but it must be a port number from 0 (any free port) to 65535.',
      'DIALTONE_RTP_PORTS is "30000", but it must be two ports between 1024 and 65535 with at least four ports between them, such as 30000-39999.',
      'DIALTONE_ROLES is "api,banana", but it must be a comma list of all, api, switch, worker, provisioning, each at most once.',
      'DIALTONE_ENVIRONMENT is "prod", but it must be one of development, qa, beta, production.',
    ])
  })

  it.each([
    [{ DIALTONE_SIP_PORT: '8080' }, 'DIALTONE_HTTP_PORT and DIALTONE_SIP_PORT are both 8080; change one of them.'],
    [{ DIALTONE_SIP_PORT: '30500' }, 'DIALTONE_SIP_PORT 30500 lies inside DIALTONE_RTP_PORTS 30000-39999; change one of them.'],
    [{ DIALTONE_TLS_CERT: 'cert.pem' }, 'DIALTONE_TLS_CERT is set, so DIALTONE_TLS_KEY must be set too; set both or neither.'],
    [
      { DIALTONE_S3_BUCKET: 'voices', DIALTONE_S3_ACCESS_KEY_ID: 'key' },
      'DIALTONE_S3_SECRET_ACCESS_KEY is missing; set DIALTONE_S3_BUCKET, DIALTONE_S3_ACCESS_KEY_ID, DIALTONE_S3_SECRET_ACCESS_KEY together or none of them.',
    ],
    [{ DIALTONE_ROLES: 'all,api' }, 'DIALTONE_ROLES names "all" beside other roles; write "all" alone or leave it out.'],
    [{ DIALTONE_ROLES: 'api,api' }, 'DIALTONE_ROLES is "api,api", but it must be a comma list of all, api, switch, worker, provisioning, each at most once.'],
    [{ DIALTONE_PUBLIC_ADDRESS: '0.0.0.0' }, 'DIALTONE_PUBLIC_ADDRESS is "0.0.0.0", but it must be an IPv4 address that others can reach, such as 192.0.2.10.'],
    [
      { DIALTONE_PUBLIC_ADDRESS: '256.1.1.1' },
      'DIALTONE_PUBLIC_ADDRESS is "256.1.1.1", but it must be an IPv4 address that others can reach, such as 192.0.2.10.',
    ],
    [
      { DIALTONE_SIP_HOST: '::', DIALTONE_PUBLIC_ADDRESS_IPV6: 'fe80::1' },
      'DIALTONE_PUBLIC_ADDRESS_IPV6 is "fe80::1", but it must be an IPv6 address that others can reach, such as 2001:db8::10.',
    ],
    [
      { DIALTONE_PUBLIC_ADDRESS_IPV6: '2001:db8::1' },
      'DIALTONE_PUBLIC_ADDRESS_IPV6 is set, but DIALTONE_SIP_HOST 0.0.0.0 is not reached by IPv6; set it to "::", which serves IPv4 too.',
    ],
    [{ DIALTONE_SIP_DOMAIN: 'a b' }, 'DIALTONE_SIP_DOMAIN is "a b", but it must be a domain name such as voice.example.com.'],
    [{ DIALTONE_RATE_LIMIT: '-1' }, 'DIALTONE_RATE_LIMIT is "-1", but it must be a whole number from 0 to 1000000.'],
    [{ RTPENGINE_URL: 'tcp://host:1' }, 'RTPENGINE_URL is "tcp://host:1", but it must be a URL such as udp://host:2223.'],
    [
      { DIALTONE_RTP_PORTS: '40000-40002' },
      'DIALTONE_RTP_PORTS is "40000-40002", but it must be two ports between 1024 and 65535 with at least four ports between them, such as 30000-39999.',
    ],
  ])('says what is wrong with %j', (environment, message) => {
    expect(problemsOf(environment)).toEqual([message])
  })

  it('does not repeat a secret', () => {
    const messages = problemsOf({ DATABASE_URL: 'mysql://root:hunter2@host/db' })
    expect(messages).toHaveLength(1)
    expect(messages[0]).not.toContain('hunter2')
  })

  it('allows port 0 for several listeners: each gets a free one', () => {
    expect(problemsOf({ DIALTONE_HTTP_PORT: '0', DIALTONE_SIP_PORT: '0', DIALTONE_SIP_TLS_PORT: '0' })).toEqual([])
  })
})

describe('public address', () => {
  it('is the first IPv4 address that others can reach', () => {
    expect(
      findPublicAddress({
        lo: [address('IPv4', '127.0.0.1', true)],
        eth0: [address('IPv6', 'fe80::1'), address('IPv4', '169.254.1.1'), address('IPv4', '192.0.2.7')],
      }),
    ).toBe('192.0.2.7')
  })

  it('is of IPv6 the first that is global (RFC 4291 2.4), if there is one', () => {
    expect(findPublicAddressIpv6({ lo: [address('IPv6', '::1', true)], eth0: [address('IPv6', 'fe80::1'), address('IPv6', '2001:db8::7')] })).toBe(
      '2001:db8::7',
    )
    expect(findPublicAddressIpv6({ lo: [address('IPv6', '::1', true)] })).toBeUndefined()
  })

  it('is the loopback on a machine without a network', () => {
    expect(findPublicAddress({ lo: [address('IPv4', '127.0.0.1', true)] })).toBe('127.0.0.1')
  })
})

describe('documentation', () => {
  it('docs/operations/configuration.md says what the table says', () => {
    expect(readFileSync(new URL('../../../../docs/operations/configuration.md', import.meta.url), 'utf8')).toBe(renderConfigurationPage())
  })
})
