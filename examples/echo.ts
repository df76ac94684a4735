// A user agent that answers every call and sends back what it hears: node examples/echo.ts [port]
import { createSocket } from 'node:dgram'
import { createSipStack, type IncomingInvite } from '@dialtone/sip'

const port = Number(process.argv[2] ?? 5060)
const stack = createSipStack({ listen: { host: '127.0.0.1', udpPort: port, tcpPort: port }, publicAddress: '127.0.0.1' })

stack.onInvite((invite) => void answer(invite))

const started = await stack.start()
console.log(started.ok ? `listening on port ${started.value.udpPort}` : started.error.message)

async function answer(invite: IncomingInvite) {
  const { leg, request } = invite
  console.log(`${request.from.uriText} calls`)
  invite.progress(180)
  const echo = await openEcho()
  leg.onEvent((event) => {
    console.log(`${request.from.uriText} ${event.type}`)
    if (event.type === 'reinvite') event.answer(describe(invite, echo.port))
    if (leg.state === 'terminated') echo.close()
  })
  invite.answer({ body: describe(invite, echo.port) })
}

/** Every packet goes back to where it came from. */
async function openEcho() {
  const socket = createSocket('udp4')
  socket.on('message', (packet, from) => socket.send(packet, from.port, from.address))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { port: socket.address().port, close: () => socket.close() }
}

/** Accepts the first codec offered (RFC 3264 6.1); PCMU when the caller wants our offer. */
function describe({ request }: IncomingInvite, rtpPort: number): string {
  const codec = /^m=audio \d+ \S+ (\d+)/m.exec(request.bodyText)?.[1] ?? '0'
  const mapping = new RegExp(`^a=rtpmap:${codec} .*$`, 'm').exec(request.bodyText)?.[0]
  const lines = ['v=0', 'o=echo 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${rtpPort} RTP/AVP ${codec}`, mapping ?? 'a=sendrecv']
  return `${lines.join('\r\n')}\r\n`
}
