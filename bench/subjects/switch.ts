// The real switch. Parameters: how many users, port of the phones, port of the carrier, first and last RTP port; without the
// last two it only signals.
import { makeObjectsYoung, putCollectorBehind, rememberMoreShapes } from '@dialtone/foundation'
import { startCallPlane } from './call-plane.ts'
import { answerAboutItself } from './own-figures.ts'
import { answerQuestions, tellReady } from './serve-subject.ts'
import { tenantsOf } from './tenants.ts'

makeObjectsYoung()
rememberMoreShapes()
putCollectorBehind()
const FIRST_EXTENSION = 2000

const [users = 0, phonePort = 0, carrierPort = 0, first = 0, last = 0] = process.argv.slice(2).map(Number)
const tenants = tenantsOf(
  Array.from({ length: users }, (_, index) => FIRST_EXTENSION + index),
  carrierPort,
)
const { port } = await startCallPlane({ tenants, bindings: tenants.bindingsAt(phonePort, Date.now()), rtpPorts: last > 0 ? { first, last } : undefined })
answerQuestions(answerAboutItself)
tellReady({ port })
