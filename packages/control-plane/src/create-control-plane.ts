import type { Clock, Logger, Timers } from '@dialtone/foundation'
import type { FastifyInstance } from 'fastify'
import { accountOperations } from './accounts/index.ts'
import { usedByOperations } from './account-objects/index.ts'
import { type Sealer, TokenBuckets } from './access/index.ts'
import { createAccessGate } from './access-rules/index.ts'
import { type CallPlaneReplicas, type CallPlaneView, createCallPlaneView } from './call-plane-view/index.ts'
import { callingPlanOperations } from './calling-plans/index.ts'
import { callRecordOperations } from './call-records/index.ts'
import { addressOperations } from './addresses/index.ts'
import type { Context, ControlPlaneSettings, RegistrationStatus } from './context.ts'
import type { Database } from './database/index.ts'
import { deviceLineOperations } from './device-lines/index.ts'
import { endUserOperations } from './end-users/index.ts'
import { type EventSubscriber, startOutboxDispatcher } from './events/index.ts'
import { createHttpServer, type Operation } from './http/index.ts'
import { partitionOperations } from './partitions/index.ts'
import { referenceDataOperations } from './reference-data/index.ts'
import { telephoneNumberOperations } from './telephone-numbers/index.ts'
import { createAuthenticator, sessionOperations } from './sessions/index.ts'

export interface ControlPlaneOptions {
  readonly database: Database
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  readonly settings: ControlPlaneSettings
  readonly sealer: Sealer
  readonly registrations: RegistrationStatus
  /** Copies of the view that must show a change before it is answered. */
  readonly replicas?: CallPlaneReplicas
  /** Operations of the deployment, such as the sandbox. */
  readonly furtherOperations: readonly Operation[]
  readonly subscribers: readonly EventSubscriber[]
}

export interface ControlPlane {
  readonly context: Context
  readonly http: FastifyInstance
  /** The picture of all tenants that the call plane routes by. */
  readonly view: CallPlaneView
  /** Resolves when every committed event was handed to every subscriber. */
  settled(): Promise<void>
  stop(): Promise<void>
}

/** Events inside an account after which somebody may do less than before; those of the partition itself all count. */
const ACCESS_EVENT = /^(user|accountuser|account|session|usergroup)\./
/** How many tokens at full rate a partition may use together (C-08). */
const TOKENS_A_PARTITION = 10

/** Joins the slices. The database is open and migrated; nothing listens yet. */
export async function createControlPlane(o: ControlPlaneOptions): Promise<ControlPlane> {
  const view = await createCallPlaneView(o)
  const dispatcher = startOutboxDispatcher(o)
  const context: Context = {
    database: o.database,
    clock: o.clock,
    logger: o.logger,
    settings: o.settings,
    sealer: o.sealer,
    registrations: o.registrations,
    changes: {
      committed: async (events) => {
        if (events.some((event) => event.accountId === undefined || ACCESS_EVENT.test(event.type))) forgetCallers()
        await view.refresh(events)
        if (events.length > 0) dispatcher.kick()
      },
    },
  }
  const authenticator = createAuthenticator(context)
  const gate = createAccessGate(context)
  const forgetCallers = (): void => {
    authenticator.forgetEveryone()
    gate.forget()
  }
  const http = await createHttpServer({
    context,
    logger: o.logger,
    authenticate: authenticator.authenticate,
    admitAddress: (partitionId, remoteAddress) => gate.admits(partitionId, remoteAddress),
    buckets: new TokenBuckets(o.settings.rateLimitPerSecond, o.clock),
    partitionBuckets: new TokenBuckets(o.settings.rateLimitPerSecond * TOKENS_A_PARTITION, o.clock),
    operations: [
      ...sessionOperations(authenticator),
      ...partitionOperations,
      ...accountOperations,
      ...usedByOperations,
      ...endUserOperations,
      ...addressOperations,
      ...telephoneNumberOperations,
      ...deviceLineOperations,
      ...callingPlanOperations,
      ...callRecordOperations,
      ...referenceDataOperations,
      ...o.furtherOperations,
    ],
  })
  return {
    context,
    http,
    view,
    settled: () => dispatcher.settled(),
    stop: async () => {
      await http.close()
      await dispatcher.stop()
    },
  }
}
