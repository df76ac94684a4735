// The registrar of the real switch, with lines in memory. Parameters: how many lines.
import { makeObjectsYoung, putCollectorBehind, rememberMoreShapes } from '@dialtone/foundation'
import { answerAboutItself } from './own-figures.ts'
import { answerQuestions, tellReady } from './serve-subject.ts'
import { startCallPlane } from './call-plane.ts'
import { tenantsOf } from './tenants.ts'

makeObjectsYoung()
rememberMoreShapes()
putCollectorBehind()
const FIRST_EXTENSION = 2000

const extensions = Array.from({ length: Number(process.argv[2]) }, (_, index) => FIRST_EXTENSION + index)
const { port } = await startCallPlane({ tenants: tenantsOf(extensions, 0), bindings: [], rtpPorts: undefined })
answerQuestions(answerAboutItself)
tellReady({ port })
