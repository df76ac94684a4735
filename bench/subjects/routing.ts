// Routing decisions in a process of its own: an account of so many users, asked as the switch asks. Parameter: users.
import { type CallTarget, decideRoute, type RouteFacts, type RoutingRingGroup, type RoutingSnapshot } from '@dialtone/call-routing'
import { makeObjectsYoung, rememberMoreShapes } from '@dialtone/foundation'
import type { Decision, RoutingAnswer, RoutingQuestion } from '../measuring/routing-question.ts'
import { answerQuestions, tellReady } from './serve-subject.ts'
import { lineOf, numberOf, tenantsOf } from './tenants.ts'

const FIRST_EXTENSION = 2000
const GROUP_SIZE = 20
const GROUP: CallTarget = { referenceType: 'HUNT_GROUP', referenceId: 'group' }
const GROUP_EXTENSION = '9000'

makeObjectsYoung()
rememberMoreShapes()
const extensions = Array.from({ length: Number(process.argv[2]) }, (_, index) => FIRST_EXTENSION + index)
const { directory } = tenantsOf(extensions, 5060)
const snapshot = withGroup(directory.snapshotOf('account'))
answerQuestions((question) => measure(question as RoutingQuestion))
tellReady({})

function withGroup(before: RoutingSnapshot | undefined): RoutingSnapshot {
  if (before === undefined) throw new Error('the tenants have no account')
  const group: RoutingRingGroup = {
    ...{ id: 'group', name: 'Group', strategy: 'LONGEST_IDLE', ringTimeoutSeconds: 20, forwardAlwaysTo: undefined },
    members: extensions.slice(0, GROUP_SIZE).map((extension) => ({ kind: 'user', id: `user${extension}` })),
    overflow: { busy: undefined, noAnswer: undefined, unregistered: undefined },
  }
  const services = { ...before.services, ringGroups: new Map([['group', group]]), targetByExtension: new Map([[GROUP_EXTENSION, GROUP]]) }
  return { ...before, services, emergencyCarrierIds: ['carrier'] }
}

function measure({ decision, count }: RoutingQuestion): RoutingAnswer {
  const tookNs = new Float64Array(count)
  for (let index = 0; index < count; index++) {
    const facts = factsOf(callOf(decision, index))
    const startedNs = process.hrtime.bigint()
    const { kind } = decideRoute(snapshot, facts)
    tookNs[index] = Number(process.hrtime.bigint() - startedNs)
    if ((kind === 'reject') !== (decision === 'unknown extension')) throw new Error(`${decision} was decided as ${kind}`)
  }
  tookNs.sort()
  const at = (share: number): number => (tookNs[Math.min(count - 1, Math.floor(count * share))] ?? 0) / 1000
  return { p50: at(0.5), p99: at(0.99), longest: at(1) }
}

function callOf(decision: Decision, index: number): RouteFacts['call'] {
  const [from = FIRST_EXTENSION, to = FIRST_EXTENSION] = [extensions[index % extensions.length], extensions[(index * 7 + 1) % extensions.length]]
  const caller = { number: '16075551212', name: 'Somebody', anonymous: false }
  if (decision === 'number of the account') return { direction: 'terminating', calledNumber: numberOf(to), caller }
  const dialed = { extension: String(to), 'number outside': '16075551212', 'hunt group of twenty': GROUP_EXTENSION, 'unknown extension': '8999', '911': '911' }
  return { direction: 'originating', fromLineId: lineOf(from), dialed: dialed[decision] }
}

function factsOf(call: RouteFacts['call']): RouteFacts {
  return {
    call,
    nowMs: 1_700_000_000_000,
    trail: [],
    canServe: true,
    ownerOf: directory.ownerOf.bind(directory),
    isBusy: () => false,
    isRegistered: () => true,
    activeCallsOf: () => 0,
    recentEmergency: () => [],
    carrierState: () => ({ health: 'up', activeCalls: 0, callsInLastSecond: 0 }),
    group: { lastAnsweredBy: () => undefined, idleSinceMs: () => undefined },
  }
}
