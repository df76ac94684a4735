// What idle connections cost: node --expose-gc packages/sip/test/measure-connections.ts tcp|tls|ws [connections, default 3000]
// A server in this process, clients in others; prints bytes of resident memory for each connection. For 10,000 raise `ulimit -n`.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { silentLogger, systemClock, TimerWheel } from '@dialtone/foundation'
import { WebSocket } from 'ws'
import { createSipStack } from '../src/index.ts'
import { TLS_SERVER } from './tls-identities.ts'

type Kind = 'tcp' | 'tls' | 'ws'

const REGISTER = (transport: string, number: number): string =>
  [
    'REGISTER sip:dialtone.local SIP/2.0',
    `Via: SIP/2.0/${transport.toUpperCase()} 10.0.0.1:5060;branch=z9hG4bK${number};rport`,
    'Max-Forwards: 70',
    `From: <sip:${number}@dialtone.local>;tag=${number}`,
    `To: <sip:${number}@dialtone.local>`,
    `Call-ID: ${number}`,
    'CSeq: 1 REGISTER',
    `Contact: <sip:${number}@10.0.0.1:5060;transport=${transport}>`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')

/** The client: opens so many connections, registers over each once, says so, and holds them until it is ended. */
async function hold(kind: Kind, port: number, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    // Every hundred from another loopback address, as phones come from many.
    const localAddress = `127.0.${1 + Math.floor(number / 100)}.1`
    await new Promise<void>((resolve) => {
      if (kind === 'ws') {
        const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'sip', { localAddress, perMessageDeflate: false })
        socket.once('open', () => socket.send(REGISTER(kind, number)))
        socket.once('message', () => resolve())
      } else {
        const options = { host: '127.0.0.1', port, localAddress, rejectUnauthorized: false }
        const socket = kind === 'tcp' ? connectTcp(options) : connectTls(options)
        socket.once(kind === 'tcp' ? 'connect' : 'secureConnect', () => socket.write(REGISTER(kind, number)))
        socket.once('data', () => resolve())
      }
    })
  }
  process.send?.('standing')
}

async function measure(kind: Kind, count: number): Promise<void> {
  const stack = createSipStack({
    listen: { host: '127.0.0.1', tcpPort: 0, tlsPort: 0, wsPort: 0 },
    tls: TLS_SERVER,
    publicAddress: '127.0.0.1',
    clock: systemClock,
    timers: new TimerWheel(systemClock),
    logger: silentLogger,
    timing: { t1Ms: 10, t2Ms: 40, t4Ms: 50 },
    limits: { maxConnections: count },
  })
  stack.onRequest('REGISTER', ({ respond }) => respond(200))
  const started = await stack.start()
  if (!started.ok) throw new Error(started.error.message)
  const before = await residentBytes()
  const port = { tcp: started.value.tcpPort, tls: started.value.tlsPort, ws: started.value.wsPort }[kind]
  const client = fork(fileURLToPath(import.meta.url), [kind, String(count), String(port)])
  await once(client, 'message')
  // Transactions live for 64*T1 after their answer; what stays then are the connections.
  while (stack.statistics.transactions > 0) await new Promise((resolve) => setTimeout(resolve, 50))
  const each = Math.round(((await residentBytes()) - before) / stack.statistics.connections)
  process.stdout.write(`${kind}: ${stack.statistics.connections} connections, ${each} bytes each\n`)
  client.kill()
  await stack.stop()
}

async function residentBytes(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return process.memoryUsage().rss
}

const [kind = '', count = '3000', port = ''] = process.argv.slice(2)
if (kind !== 'tcp' && kind !== 'tls' && kind !== 'ws') throw new Error('tcp, tls or ws?')
if (port === '') await measure(kind, Number(count))
else await hold(kind, Number(port), Number(count))
