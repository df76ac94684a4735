// A registrar (RFC 3261 10.3): phones register at it with a password, and it says who is there.
// node examples/registrar.ts [port]
import { randomBytes } from 'node:crypto'
import { computeHa1, createSipStack, DigestAuthenticator, userOf } from '@dialtone/sip'

const REALM = 'example.com'
const users = new Map(Object.entries({ alice: 'wonderland', bob: 'builder' }).map(([name, password]) => [name, keep(name, password)]))
const contacts = new Map<string, { readonly uri: string; readonly untilMs: number }[]>()

const port = Number(process.argv[2] ?? 5060)
const digest = new DigestAuthenticator({ realm: REALM, secret: randomBytes(32) })
const stack = createSipStack({ listen: { host: '127.0.0.1', udpPort: port, tcpPort: port }, publicAddress: '127.0.0.1' })

stack.onRequest('REGISTER', (incoming) => {
  const { request } = incoming
  const name = digest.identify(request)?.username ?? ''
  const verdict = digest.verify(request, users.get(name))
  if (verdict !== 'accepted') return incoming.respond(401, { headers: digest.challenge({ stale: verdict === 'stale' }) })
  if (userOf(request.to.uri) !== name) return incoming.respond(403)
  const wanted = request.contacts.map((contact) => ({ uri: contact.uriText, untilMs: Date.now() + secondsOf(contact.parameters.get('expires')) * 1000 }))
  const others = (contacts.get(name) ?? []).filter((old) => request.header('contact')?.trim() !== '*' && !wanted.some(({ uri }) => uri === old.uri))
  const bound = [...others, ...wanted].filter((contact) => contact.untilMs > Date.now())
  contacts.set(name, bound)
  console.log(`${name} is at ${bound.map((contact) => contact.uri).join(', ') || 'no phone'}`)
  incoming.respond(200, { headers: bound.map(({ uri, untilMs }) => ['Contact', `<${uri}>;expires=${Math.ceil((untilMs - Date.now()) / 1000)}`] as const) })

  function secondsOf(ofContact: string | undefined): number {
    return Math.min(Number(ofContact ?? request.header('expires') ?? 3600) || 0, 3600)
  }
})

const started = await stack.start()
console.log(started.ok ? `listening on port ${started.value.udpPort}` : started.error.message)

function keep(name: string, password: string) {
  return { ha1: { MD5: computeHa1('MD5', name, REALM, password), 'SHA-256': computeHa1('SHA-256', name, REALM, password) } }
}
