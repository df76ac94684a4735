// The call plane as the server composes it, in so many worker threads. Parameters: workers, accounts, users of each, port of the
// phones, first and last RTP port; without the ports the media does not pass here.
import { makeObjectsYoung, putCollectorBehind, rememberMoreShapes, silentLogger } from '@dialtone/foundation'
import type { CallPlaneChange } from '@dialtone/control-plane'
import { createCallPlane } from '@dialtone/server'
import { EVERYTHING_ALLOWED, FORGETFUL } from '@dialtone/softswitch'
import type { LineCredentials, StoredBinding } from '@dialtone/softswitch'
import { tellReady } from './serve-subject.ts'
import { REALM, lineOf, tenantsOf } from './tenants.ts'

makeObjectsYoung()
rememberMoreShapes()
putCollectorBehind()
const FIRST_EXTENSION = 2000

const [count = 0, accounts = 1, usersEach = 2, phonePort = 0, first = 0, last = 0] = process.argv.slice(2).map(Number)
const pictures = Array.from({ length: accounts }, (_, index) => accountOf(index))
const changes = pictures.map(({ change }) => change)
const credentials = new Map(changes.flatMap((change) => [...change.picture.credentials]))
const owners = new Map(
  changes.flatMap(({ accountId, picture }) => [...picture.snapshot.numbers.keys()].map((number) => [number, { partitionId: 'partition', accountId }] as const)),
)
const callPlane = createCallPlane({
  settings: {
    sip: {
      host: '127.0.0.1',
      port: 0,
      tlsPort: 0,
      domain: REALM,
      digestAlgorithms: ['MD5'],
      scanners: 'serve',
      wrongPasswords: 0,
      inviteRate: 0,
      requestRate: 0,
    },
    publicAddress: '127.0.0.1',
    rtpPorts: first === 0 ? { first: 20_000, last: 29_999 } : { first, last },
    media: { anchoring: first === 0 ? 'never' : 'always', rtpTimeoutSeconds: 60 },
  },
  count,
  view: {
    contents: (): Iterable<CallPlaneChange> => changes,
    credentialsOf: (username) => credentials.get(username),
    snapshotOf: (accountId) => changes.find((change) => change.accountId === accountId)?.picture.snapshot,
    ownerOf: (number) => owners.get(number),
    carrier: () => undefined,
    carriers: () => [],
    trunkByAddress: () => undefined,
    certificateOf: () => undefined,
  },
  authorizer: EVERYTHING_ALLOWED,
  memory: FORGETFUL,
  registrations: { load: () => Promise.resolve(pictures.flatMap(({ bindings }) => bindings)), save: () => {} },
  records: { checkpoint: () => {}, close: () => {} },
  events: { registrationChanged: () => {}, emergencyCall: () => {} },
  logger: silentLogger,
  logLevel: 'silent',
})
const started = await callPlane.start()
if (!started.ok) throw new Error(started.error.message)
tellReady({ port: started.value.udpPort })

/** Account n as the tenants of the other benches, under a name of its own. */
function accountOf(index: number) {
  const accountId = `account-${index}`
  const extensions = Array.from({ length: usersEach }, (_, user) => FIRST_EXTENSION + index * usersEach + user)
  const tenants = tenantsOf(extensions, 0)
  const { directory } = tenants
  const found = directory.snapshotOf('account')
  if (found === undefined) throw new Error('no such account')
  const lines = extensions.map((extension): [string, LineCredentials] => {
    const line = directory.credentialsOf(lineOf(extension))
    if (line === undefined) throw new Error(`no line of ${extension}`)
    return [lineOf(extension), { ...line, accountId }]
  })
  const change = {
    kind: 'account' as const,
    accountId,
    picture: { snapshot: { ...found, accountId }, credentials: new Map(lines), trunksByAddress: new Map() },
  }
  return { change, bindings: tenants.bindingsAt(phonePort, Date.now()).map((binding): StoredBinding => ({ ...binding, accountId })) }
}
