// `dialtone start` around a server that only says when it starts and stops, for tests of signals.
//   run-small-server.ts [stop-fails | rejects]
import { ok } from '@dialtone/foundation'
import { runStart } from '../src/cli/run-start.ts'
import type { StartServer } from '../src/running-server.ts'

const wish = process.argv[2]
const startServer: StartServer = ({ print }) => {
  const keepAlive = setInterval(() => undefined, 1000)
  if (wish === 'rejects') setImmediate(() => void Promise.reject(new Error('nobody caught this')))
  print('started')
  const stop = (): Promise<void> => {
    clearInterval(keepAlive)
    print('stopped')
    return wish === 'stop-fails' ? Promise.reject(new Error('the disk is gone')) : Promise.resolve()
  }
  return Promise.resolve(ok({ stop }))
}
process.exitCode = await runStart(() => Promise.resolve(startServer))
