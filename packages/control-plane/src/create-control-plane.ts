import { type BusinessClock, err, type Logger, type Timers } from '@dialtone/foundation'
import type { FastifyInstance } from 'fastify'
import { recordingRetentionTask } from './call-recordings/index.ts'
import { affectedBy } from './account-objects/index.ts'
import { createKnownAccounts, type Sealer, TokenBuckets } from './access/index.ts'
import { createAccessGate, createRuleUses } from './access-rules/index.ts'
import { type CallPlaneReplicas, type CallPlaneView, createCallPlaneView, type ResolveHost } from './call-plane-view/index.ts'
import { type CallAuthorization, createCallAuthorization } from './call-authorization/index.ts'
import { bulkOperations, bulkWorker } from './bulk-operations/index.ts'
import type { CallControl, Context, FaxReader, ControlPlaneSettings, RegistrationStatus } from './context.ts'
import type { Database } from './database/index.ts'
import { createConfigurationServer, deviceConfigurationOperations, type OpenFileAsk, readOpenFile, registerFileRoom } from './device-configuration/index.ts'
import { deviceRebootTask } from './device-provisioning/index.ts'
import { type Dispatch, type DueTask, startDueWork, timesAheadTask } from './due-work/index.ts'
import { createEmergencyWebhooks, EMERGENCY_CALLED, NEXT_EMERGENCY_WEBHOOK } from './emergency-notifications/index.ts'
import { createEventFeed, type EventFeedOptions, eventRetentionTask } from './event-feed/index.ts'
import type { FileStore } from './files/index.ts'
import { type EventSubscriber, startOutboxDispatcher } from './events/index.ts'
import { createGatewayMonitor, probeRetentionTask } from './gateways/index.ts'
import {
  type AdmitAddress,
  BodyRoom,
  type ConnectionLimits,
  ConnectionPlaces,
  createHttpServer,
  DEFAULT_CONNECTION_LIMITS,
  type Operation,
  operationPerformer,
} from './http/index.ts'
import { JOB_CREATED, JOB_LEASE, type JobWorker, startJobRunner } from './jobs/index.ts'
import { createMessageDispatch, type MessageCarriers, NEXT_MESSAGE } from './messages/index.ts'
import { NO_SWITCH } from './no-switch.ts'
import { portsDueTask } from './ports/index.ts'
import { stockWatcher } from './rate-centers/index.ts'
import { createRoutingHistory, routingHistoryRetentionTask } from './routing-history/index.ts'
import { createAuthenticator, createLogins, LOGIN_WAIT, programLoginOperations, sessionOperations } from './sessions/index.ts'
import { activationsDueTask, cooldownsDueTask, RESERVATION } from './telephone-numbers/index.ts'
import { onboardingOperations } from './onboarding/index.ts'
import { mailedMessagesTask, type Transcriber, transcriptionTask } from './voicemail-boxes/index.ts'
import { createWebhookSender, makeDeliveries, NEXT_WEBHOOK, webhookDeliveryOperations } from './webhooks/index.ts'
import { domainCertificateTask, type DomainNames, domainVerificationTask, NEXT_DOMAIN_CHECK, NO_NAMES } from './sip-domains/index.ts'
import { softphonesToApplyTask } from './user-softphones/index.ts'
import { NEXT_FAX, outboundFaxTask } from './virtual-fax-lines/index.ts'
import { SLICE_JOB_WORKERS, SLICE_OPERATIONS } from './slices.ts'

export interface ControlPlaneOptions {
  readonly database: Database
  readonly clock: BusinessClock
  readonly timers: Timers
  readonly logger: Logger
  readonly settings: ControlPlaneSettings
  readonly sealer: Sealer
  readonly files: FileStore
  readonly registrations: RegistrationStatus
  /** Left out: no switch runs beside it. */
  readonly calls?: CallControl
  /** Copies of the view that must show a change before it is answered. */
  readonly replicas?: CallPlaneReplicas
  /** Operations of the deployment, such as the sandbox. */
  readonly furtherOperations: readonly Operation[]
  readonly subscribers: readonly EventSubscriber[]
  /** Who carries e-mail and text messages; without one they stay in the mailbox of the sandbox. */
  readonly messageCarriers?: MessageCarriers
  /** Reads documents that are to be faxed; without one none can be. */
  readonly readFax?: FaxReader
  /** Who writes down what callers say; without one messages have no text, and say so. */
  readonly transcriber?: Transcriber | undefined
  /** Kinds of jobs besides those of the slices. */
  readonly furtherJobWorkers?: readonly JobWorker[]
  /** Of the listeners of the API. */
  readonly connectionLimits?: ConnectionLimits
  /** Where names of carriers are; left out: nowhere. */
  readonly resolveHost?: ResolveHost
  /** Whom domains are proven by; left out: nobody answers. */
  readonly domainNames?: DomainNames
}

export interface ControlPlane {
  readonly context: Context
  readonly http: FastifyInstance
  /** Whoever serves `http` at a further port counts its connections here. */
  readonly connections: ConnectionPlaces
  /** The picture of all tenants that the call plane routes by. */
  readonly view: CallPlaneView
  /** Who says which calls may begin, and for how long. */
  readonly authorizer: CallAuthorization['authorizer']
  /** A file of phones for whoever cannot prove anything, as over TFTP; undefined: there is none for him. */
  readOpenFile(ask: OpenFileAsk): Promise<Buffer | undefined>
  /** Puts the description of the interface together, which takes two tenths of a second: better than when somebody first asks. */
  describeInterface(): void
  /** Resolves when every committed event was handed to every subscriber. */
  settled(): Promise<void>
  /** Resolves when no job waits or runs. */
  jobsDone(): Promise<void>
  /** Resolves when every webhook that is due was tried. */
  webhooksSent(): Promise<void>
  stop(): Promise<void>
}

/** Events inside an account after which somebody may do less than before; those of the partition itself all count. */
const ACCESS_EVENT = /^(user|accountuser|account|session|usergroup)\./
/** How many tokens at full rate a partition may use together (C-08). */
const TOKENS_A_PARTITION = 10

/** What the slices do when its time has come. */
const DUE_TASKS: readonly DueTask[] = [
  timesAheadTask([RESERVATION, JOB_LEASE, NEXT_WEBHOOK, NEXT_EMERGENCY_WEBHOOK, NEXT_MESSAGE, NEXT_FAX, NEXT_DOMAIN_CHECK, LOGIN_WAIT]),
  portsDueTask,
  activationsDueTask,
  cooldownsDueTask,
  eventRetentionTask,
  mailedMessagesTask,
  recordingRetentionTask,
  probeRetentionTask,
  routingHistoryRetentionTask,
  deviceRebootTask,
  domainVerificationTask,
  domainCertificateTask,
  softphonesToApplyTask,
  outboundFaxTask,
]

const NO_FAX_READER: FaxReader = () => Promise.resolve(err({ code: 'FaxUnavailable', message: 'cannot be read: this platform sends no faxes' }))

/** Joins the slices. The database is open and migrated; nothing listens yet. */
export async function createControlPlane(o: ControlPlaneOptions): Promise<ControlPlane> {
  const { database, clock, logger, settings, sealer, files, registrations, calls = NO_SWITCH } = o
  const ruleUses = createRuleUses({ ...o, sql: () => database.sql })
  const routingHistory = await createRoutingHistory(o)
  const view = await createCallPlaneView({ ...o, noteRules: ruleUses.note, noteReplaced: routingHistory.noteReplaced })
  const authorization = await createCallAuthorization({ ...o, context: () => context })
  const outbox = startEvents(o, { context: () => context, kickJobs: () => runner.kick(), callers: () => [authenticator.authenticate, admitAddress] })
  const dueWork = startDueWork({ ...o, context: () => context, tasks: tasksOf(o, outbox.dispatches) })
  const gateways = createGatewayMonitor({ ...o, context: () => context })
  const context: Context = {
    ...{ database, clock, logger, settings, sealer, files, registrations, calls },
    directory: view,
    ...{ authorization, dueWork, gateways, ruleUses, routingHistory, domainNames: o.domainNames ?? NO_NAMES, readFax: o.readFax ?? NO_FAX_READER },
    changes: {
      committed: async (events) => {
        if (events.some((event) => event.accountId === undefined || ACCESS_EVENT.test(event.type))) forgetCallers()
        await Promise.all([view.refresh(events), authorization.refresh(events)])
        if (events.length > 0) outbox.dispatcher.kick()
      },
    },
  }
  const performer = operationPerformer()
  const runner = startJobRunner({ ...o, context, workers: [bulkWorker(performer), ...SLICE_JOB_WORKERS, ...(o.furtherJobWorkers ?? [])] })
  const configuration = createConfigurationServer(() => context)
  const [authenticator, gate, knownAccounts] = [createAuthenticator(context), createAccessGate(context), createKnownAccounts(clock)]
  const forgetCallers = (): void => {
    authenticator.forgetEveryone()
    gate.forget()
    knownAccounts.forget()
  }
  const admitAddress: AdmitAddress = (partitionId, remoteAddress) => gate.admits(partitionId, remoteAddress)
  const connections = new ConnectionPlaces(o.connectionLimits ?? DEFAULT_CONNECTION_LIMITS, logger)
  const http = await createHttpServer({
    ...{ context, connections, logger, affectedBy, bodies: new BodyRoom() },
    authenticate: authenticator.authenticate,
    admitAddress,
    knownAccounts,
    buckets: new TokenBuckets(o.settings.rateLimitPerSecond, o.clock),
    partitionBuckets: new TokenBuckets(o.settings.rateLimitPerSecond * TOKENS_A_PARTITION, o.clock),
    operations: performer.learn([
      ...sessionOperations(authenticator, createLogins(admitAddress)),
      ...programLoginOperations(admitAddress),
      ...SLICE_OPERATIONS,
      ...deviceConfigurationOperations(() => configuration.log),
      ...bulkOperations(performer),
      ...onboardingOperations(performer),
      ...outbox.feed.operations,
      ...webhookDeliveryOperations(outbox.sender),
      ...o.furtherOperations,
    ]),
  })
  await registerFileRoom(http, configuration)
  return {
    ...{ context, http, connections, view },
    authorizer: authorization.authorizer,
    readOpenFile: (ask) => readOpenFile(configuration, ask),
    describeInterface: () => void http.swagger(),
    settled: () => outbox.dispatcher.settled(),
    jobsDone: () => runner.settled(),
    webhooksSent: () => outbox.sender.settled(),
    stop: async () => {
      outbox.feed.stop()
      view.stop()
      connections.close(o.timers)
      for (const part of [gateways, ruleUses, { stop: () => http.close() }, dueWork, runner, outbox.dispatcher]) await part.stop()
      await routingHistory.settled()
    },
  }
}

function tasksOf(o: ControlPlaneOptions, dispatches: readonly Dispatch[]): readonly DueTask[] {
  return [...DUE_TASKS, ...dispatches.map(({ task }) => task), transcriptionTask(o.transcriber)]
}

interface LateParts extends Pick<EventFeedOptions, 'callers'> {
  readonly context: () => Context
  readonly kickJobs: () => void
}

/** What hangs on committed events: jobs begin, webhooks are made and sent, streams go on. */
function startEvents(o: ControlPlaneOptions, late: LateParts) {
  const jobStarter: EventSubscriber = { name: 'jobs', handle: (event) => Promise.resolve(event.type === JOB_CREATED ? late.kickJobs() : undefined) }
  const sender = createWebhookSender(late.context)
  const carriers = o.messageCarriers ?? {}
  const emergencies = [createEmergencyWebhooks(late.context, false), createMessageDispatch(late.context, carriers, true)]
  const emergencyTeller: EventSubscriber = {
    name: 'emergencies',
    handle: (event) => Promise.resolve(event.type === EMERGENCY_CALLED ? emergencies.forEach(({ kick }) => kick()) : undefined),
  }
  const feed = createEventFeed({ callers: late.callers, timers: o.timers })
  const dispatcher = startOutboxDispatcher({
    ...o,
    subscribers: [emergencyTeller, jobStarter, stockWatcher(late.context), ...o.subscribers],
    onPublication: (sql, events) => makeDeliveries(sql, events, new Date(o.clock.nowMs())),
    published: () => {
      feed.wake()
      sender.kick()
    },
  })
  const others = [sender, createEmergencyWebhooks(late.context, true), createMessageDispatch(late.context, carriers, false)]
  return { sender, feed, dispatcher, dispatches: [...emergencies, ...others] }
}
