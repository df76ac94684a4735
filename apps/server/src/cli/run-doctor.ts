import type { Config } from '../configuration/index.ts'
import { checkCertificate, checkDatabase, checkDataDirectory, checkNode, checkOpenFiles, checkTcpPort, checkUdpPort, type Verdict } from './doctor-checks.ts'
import { loadConfiguration } from './load-configuration.ts'

/** `dialtone doctor`: would the server start here? One line a check. @returns the exit code. */
export async function runDoctor(print: (line: string) => void = (line) => console.log(line)): Promise<number> {
  const config = loadConfiguration()
  const verdicts: Verdict[] = [checkNode(), checkOpenFiles(), config.ok ? { ok: true, text: 'the configuration is valid' } : { ok: false, text: config.error }]
  if (config.ok) verdicts.push(...(await checkMachine(config.value)))
  for (const verdict of verdicts) print(`${verdict.ok ? 'ok  ' : 'FAIL'}  ${verdict.text}`)
  const failed = verdicts.filter((verdict) => !verdict.ok).length
  print(failed === 0 ? 'Dialtone can start here.' : `${failed} of ${verdicts.length} checks failed.`)
  return failed === 0 ? 0 : 1
}

async function checkMachine(config: Config): Promise<readonly Verdict[]> {
  const { http, https, tftp, sip, rtpPorts, dataDirectory } = config
  const verdicts = [checkDataDirectory(dataDirectory)]
  if (http.port !== 0) verdicts.push(await checkTcpPort('DIALTONE_HTTP_PORT', http.host, http.port))
  if (https !== undefined && https.port !== 0) verdicts.push(await checkTcpPort('DIALTONE_HTTPS_PORT', http.host, https.port))
  if (tftp !== undefined && tftp.port !== 0) verdicts.push(await checkUdpPort('DIALTONE_TFTP_PORT', http.host, tftp.port))
  if (sip.port !== 0) verdicts.push(await checkUdpPort('DIALTONE_SIP_PORT', sip.host, sip.port), await checkTcpPort('DIALTONE_SIP_PORT', sip.host, sip.port))
  if (sip.tlsPort !== 0) verdicts.push(await checkTcpPort('DIALTONE_SIP_TLS_PORT', sip.host, sip.tlsPort))
  // The ends of the range: an overlap with something else is most likely there, and thousands of ports are not worth opening.
  for (const port of [rtpPorts.first, rtpPorts.last]) verdicts.push(await checkUdpPort('DIALTONE_RTP_PORTS', sip.host, port))
  if (config.tls !== undefined) verdicts.push(await checkCertificate(config))
  // Without a place to write there is no database to try.
  if (verdicts[0]?.ok === true) verdicts.push(await checkDatabase(config))
  return verdicts
}
