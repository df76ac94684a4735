// The switch with calls that it takes itself: a menu, a voicemail box and a queue, each behind a number; prompts are those of the platform,
// messages are counted and dropped. Parameters: users (all of them agents), port of the phones, port of the carrier, first and last RTP port.
import type { RoutingNumber, RoutingSnapshot } from '@dialtone/call-routing'
import { makeObjectsYoung, putCollectorBehind, rememberMoreShapes } from '@dialtone/foundation'
import { type AudioClip, loadPrompts } from '@dialtone/media'
import { type Phrase, promptIdsOf, type ServiceDesk } from '@dialtone/softswitch'
import { startCallPlane } from './call-plane.ts'
import { answerAboutItself } from './own-figures.ts'
import { answerQuestions, tellReady } from './serve-subject.ts'
import { tenantsOf } from './tenants.ts'

makeObjectsYoung()
rememberMoreShapes()
putCollectorBehind()
const FIRST_EXTENSION = 2000
const LANGUAGE = 'en-US'
const BOX = 'box'
const QUEUE_LIMITS = { maxWaitSeconds: 600, maxCallers: 1_000, ringSeconds: 20, announcementIntervalSeconds: 30 }

export interface Served {
  /** Calls that were over when a phone of the account had answered them. */
  readonly connected: number
  readonly deposits: number
  readonly depositedSeconds: number
}

const [users = 0, phonePort = 0, carrierPort = 0, first = 0, last = 0] = process.argv.slice(2).map(Number)
const extensions = Array.from({ length: users }, (_, index) => FIRST_EXTENSION + index)
const tenants = tenantsOf(extensions, carrierPort, furnish)
const prompts = await loadPrompts(LANGUAGE)
let served: Served = { connected: 0, deposits: 0, depositedSeconds: 0 }
const { port } = await startCallPlane({
  tenants,
  bindings: tenants.bindingsAt(phonePort, Date.now()),
  rtpPorts: { first, last },
  services: desk(),
  closed: ({ calledLineId, disposition }) => {
    if (calledLineId !== undefined && disposition === 'ANSWERED') served = { ...served, connected: served.connected + 1 }
  },
})
answerQuestions((question) => (question === 'served' ? served : answerAboutItself(question)))
tellReady({ port })

function furnish(plain: RoutingSnapshot): RoutingSnapshot {
  const step = { greeting: [], isGreetingInterruptible: true, prompt: [{ promptId: 'vm-default-greeting' }], repeatSeconds: 5 }
  const failure = { id: 'end', timeoutSeconds: 5, invalid: [], attempts: 2 }
  const steps = {
    choice: { id: 'choice', kind: 'menu', ...step, choices: { 1: 'phone' }, failure },
    phone: { id: 'phone', kind: 'go', to: { referenceType: 'END_USER', referenceId: `user${FIRST_EXTENSION}` } },
    end: { id: 'end', kind: 'hang-up', goodbye: [] },
  } as const
  const menu = { id: 'menu', name: 'Menu', entryId: 'choice', steps, next: { phone: 'phone', end: 'end' } }
  const agents = extensions.map((extension) => ({ id: `user${extension}`, duty: 'AVAILABLE' }) as const)
  const queue = { id: 'queue', name: 'Queue', ...QUEUE_LIMITS, music: [], announcesPosition: true, offersCallback: false, overflow: undefined, agents }
  const ringGroup = {
    id: `queue:${queue.id}`,
    name: 'Queue',
    strategy: 'LONGEST_IDLE',
    members: agents.map(({ id }) => ({ kind: 'user', id }) as const),
    ringTimeoutSeconds: QUEUE_LIMITS.ringSeconds,
    freeOnly: { wrapUpMs: 0 },
    forwardAlwaysTo: undefined,
    overflow: { busy: undefined, noAnswer: undefined, unregistered: undefined },
  } as const
  return {
    ...plain,
    numbers: new Map([
      ...plain.numbers,
      behind('18015550001', 'IVR', menu.id),
      behind('18015550002', 'VOICEMAIL', BOX),
      behind('18015550003', 'CALL_QUEUE', queue.id),
    ]),
    services: {
      ...plain.services,
      menus: new Map([[menu.id, menu]]),
      queues: new Map([[queue.id, queue]]),
      ringGroups: new Map([[ringGroup.id, ringGroup]]),
      voicemailBoxes: new Map([[BOX, { id: BOX, name: 'Box', language: LANGUAGE }]]),
    },
  }
}

function behind(number: string, referenceType: string, referenceId: string): readonly [string, RoutingNumber] {
  return [number, { number, referenceType, referenceId, operationalStatus: 'ACTIVE', callerName: undefined, emergencyAddress: undefined }]
}

function desk(): ServiceDesk {
  return {
    async ask(_tenant, question) {
      if (question.kind === 'voicemail.open') return { kind: 'box', boxId: question.boxId, greetings: {}, isFull: false, messages: [], choices: {} }
      if (question.kind === 'voicemail.deposit') {
        served = { ...served, deposits: served.deposits + 1, depositedSeconds: served.depositedSeconds + question.durationMs / 1000 }
      }
      return { kind: 'done', ok: true }
    },
    clipsOf: async (_tenant, phrases) => phrases.flatMap(clipsOf),
  }
}

function clipsOf(phrase: Phrase): readonly AudioClip[] {
  if (phrase.kind === 'tone' || phrase.kind === 'silence') return [phrase]
  const ids = phrase.kind === 'prompt' ? [phrase.promptId] : phrase.kind === 'recording' || phrase.kind === 'text' ? [] : promptIdsOf(phrase)
  return ids.flatMap((id): AudioClip | [] => {
    const samples = prompts.get(id)
    return samples === undefined ? [] : { kind: 'samples', samples }
  })
}
