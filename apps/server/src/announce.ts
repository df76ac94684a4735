import type { FirstStart, PhoneLogin } from '@dialtone/control-plane'
import type { Config } from './configuration/index.ts'
import { type FirstRun, writeFirstRunFile } from './first-run.ts'
import { inUri } from './in-uri.ts'
import type { StartOptions } from './running-server.ts'

/** The ports that were found. */
export interface Listening {
  readonly httpPort: number
  readonly httpsPort: number | undefined
  readonly tftpPort: number | undefined
  readonly sipPort: number
  readonly sipTlsPort: number
}

/** Tells whoever started the server, and the programs that look for it, where it is and how to get in. */
export function announce({ config, print }: StartOptions, first: FirstStart, listening: Listening, phones: readonly PhoneLogin[]): void {
  const firstRun = firstRunOf(config, first, listening)
  writeFirstRunFile(config.dataDirectory, firstRun)
  const { httpUrl, sipUri, password } = firstRun
  const lines = [
    '',
    `Dialtone is ready.`,
    `  API        ${httpUrl}/v2   (interface: ${httpUrl}/openapi.json)`,
    `  SIP        ${sipUri} (UDP and TCP), TLS at port ${listening.sipTlsPort}, WebSocket at ${httpUrl.replace('http', 'ws')}/sip; domain ${config.sip.domain}`,
    `  partition  ${first.partitionId}`,
    `  operator   ${first.username}${password === undefined ? '' : `  password ${password}`}`,
    ...phones.map((phone) => `  phone      extension ${phone.extension}: SIP user ${phone.sipUsername}, password ${phone.sipPassword}`),
    '',
  ]
  print(lines.join('\n'))
}

/** A start that fails once the first operator is made, over a port that is in use, tells the password to the next one: nobody else knows it. */
export function keepFirstPassword(config: Config, first: FirstStart): void {
  if (first.password === undefined) return
  const { http, https, tftp, sip } = config
  const ports = { httpPort: http.port, httpsPort: https?.port, tftpPort: tftp?.port, sipPort: sip.port, sipTlsPort: sip.tlsPort }
  writeFirstRunFile(config.dataDirectory, firstRunOf(config, first, ports))
}

function firstRunOf(config: Config, { partitionId, username, password }: FirstStart, ports: Listening): FirstRun {
  const everywhere = config.http.host === '0.0.0.0' || config.http.host === '::'
  const host = everywhere ? '127.0.0.1' : inUri(config.http.host)
  return {
    httpUrl: `http://${host}:${ports.httpPort}`,
    ...(ports.httpsPort === undefined ? {} : { httpsPort: ports.httpsPort }),
    ...(ports.tftpPort === undefined ? {} : { tftpPort: ports.tftpPort }),
    sipUri: `sip:${inUri(config.publicAddress)}:${ports.sipPort}`,
    sipPort: ports.sipPort,
    sipTlsPort: ports.sipTlsPort,
    partitionId,
    username,
    ...(password === undefined ? {} : { password }),
  }
}
