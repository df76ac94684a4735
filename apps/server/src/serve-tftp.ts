import type { ControlPlane } from '@dialtone/control-plane'
import { type Logger, type Result, systemTimers } from '@dialtone/foundation'
import type { Config } from './configuration/index.ts'
import { inUri } from './in-uri.ts'
import { startTftpServer, type TftpServer } from './tftp/index.ts'

/** Phones that begin with TFTP learn there where to go on over HTTP. @param httpPort the one HTTP listens on. */
export function serveTftp(
  config: Config,
  plane: ControlPlane,
  o: { readonly port: number; readonly httpPort: number; readonly logger: Logger },
): Promise<Result<TftpServer, string>> {
  // prettier-ignore
  const origin = `http://${inUri(config.publicAddress)}:${o.httpPort}`
  return startTftpServer({
    host: config.http.host,
    port: o.port,
    timers: systemTimers,
    logger: o.logger,
    readFile: (path, ipAddress) => plane.readOpenFile({ path, ipAddress, origin }),
  })
}
