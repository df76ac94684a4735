import type { BusinessClock, Logger, Result } from '@dialtone/foundation'
import type {
  CallCommandResult,
  CallExplanation,
  CallRecord,
  DescribedCall,
  ExplainQuestion,
  LineInCall,
  NotifyOrder,
  NotifyOutcome,
  OriginateOrder,
  RecordOrder,
  SendFaxOrder,
  SuperviseOrder,
  QueueNow,
  RecentCall,
  StoredBinding,
  SwitchDirectory,
  TransferOrder,
  TransferResult,
} from '@dialtone/softswitch'
import type { Sealer } from './access/index.ts'
import type { CallAuthorization } from './call-authorization/index.ts'
import type { RuleUses } from './access-rules/index.ts'
import type { RoutingHistory } from './routing-history/index.ts'
import type { Database } from './database/index.ts'
import type { DueWork } from './due-work/index.ts'
import type { ChangeFeed, Unit } from './events/index.ts'
import type { FileStore } from './files/index.ts'
import type { GatewayMonitor } from './gateways/index.ts'
import type { DomainNames } from './sip-domains/index.ts'

/** Settings of the deployment that use cases need; read once at start, frozen. */
export interface ControlPlaneSettings {
  /** d2, q2, b2, production of the source documents: tokens and ids of one are not valid in another (C-10). */
  readonly environment: string
  readonly sipDomain: string
  /** Where phones register: what device provisioning shows them. */
  readonly sipServer: () => { readonly host: string; readonly port: number; readonly tlsPort?: number | undefined }
  /** How long a token lives after its last use (C-02). */
  readonly tokenIdleSeconds: number
  readonly rateLimitPerSecond: number
  /** The sandbox plays the carriers; absent: everywhere but in production. */
  readonly sandbox?: boolean
  readonly compatibility: {
    readonly authorizeCreated: boolean
    readonly loginInvalid400: boolean
    readonly notPermitted400: boolean
  }
}

/** What the switch knows about phones, as the control plane asks it. */
export interface RegistrationStatus {
  isRegistered(lineId: string): boolean
  /** What is registered for a line now: from where, since when, by which phone. */
  bindingsOf(lineId: string): readonly StoredBinding[]
  /** Lines with a phone that is registered at the tenant's domain now. */
  linesAt(domain: string): readonly string[]
  /**
   * The line was deleted or its credentials changed: its phones are gone when this resolves. Never rejects.
   * @param from only those registered from these addresses; left out: all
   */
  dropBindings(lineId: string, from?: readonly string[]): Promise<void>
}

/** What the control plane asks the switch about calls, and tells it to do with them. */
export interface CallControl {
  /** What the switch would do with a call; undefined: it does not answer in time. */
  explain(question: ExplainQuestion): Promise<CallExplanation | undefined>
  /** Records of the account's calls that go on, as they look now. */
  callsOf(accountId: string): Promise<readonly CallRecord[]>
  /** The last calls that began in the account and are over, the latest first. */
  recentOf(accountId: string): Promise<readonly RecentCall[]>
  /** A call that goes on or is kept, of whatever account. */
  describe(sessionId: string): Promise<DescribedCall | undefined>
  /** The calls, of whatever account, that had a dialog with this Call-ID: that go on or are kept. */
  sessionsWith(sipCallId: string): Promise<readonly string[]>
  /** @param lineIds of its agents */
  queueNow(queueId: string, lineIds: readonly string[]): Promise<QueueNow>
  hangUp(sessionId: string): Promise<CallCommandResult>
  /** Calls that go on at a line, trunk or carrier now. */
  callsAt(id: string): Promise<number>
  transfer(order: TransferOrder): Promise<TransferResult>
  /** Undefined: the switch does not answer in time. */
  originate(order: OriginateOrder): Promise<TransferResult | undefined>
  /** Undefined: the switch does not answer in time. */
  sendFax(order: SendFaxOrder): Promise<TransferResult | undefined>
  supervise(order: SuperviseOrder): Promise<TransferResult>
  record(order: RecordOrder): Promise<CallCommandResult>
  /** Which of these lines are in a call. */
  linesInCall(lineIds: readonly string[]): Promise<readonly LineInCall[]>
  /** Sends a NOTIFY to the phone of a line and waits for its answer. Undefined: the switch does not answer in time. */
  notify(order: NotifyOrder): Promise<NotifyOutcome | undefined>
}

/** Undefined: it cannot be read now, as too many are. */
export type FaxReader = (document: Uint8Array) => Promise<Result<number, { readonly code: string; readonly message: string }> | undefined>

/** Everything a use case may need besides its arguments. The first argument of every use case. */
export interface Context {
  readonly database: Database
  /** The business clock: reservations, cooldown, tokens. The sandbox may advance it. */
  readonly clock: BusinessClock
  readonly logger: Logger
  readonly settings: ControlPlaneSettings
  readonly sealer: Sealer
  /** Uploads, outputs of jobs and other files. */
  readonly files: FileStore
  readonly changes: ChangeFeed
  readonly registrations: RegistrationStatus
  readonly calls: CallControl
  /** What whoever pays for a call would say of it now. */
  readonly authorization: Pick<CallAuthorization, 'preview' | 'previewSeconds'>
  /** Who exists, as the switch sees it. */
  readonly directory: SwitchDirectory
  /** Reads a document that is to be faxed. @returns how many pages it has, or why it cannot be sent */
  readonly readFax: FaxReader
  /** What falls due by the clock. */
  readonly dueWork: DueWork
  /** How gateways and registrations at carriers are. */
  readonly gateways: GatewayMonitor
  /** How the routing of accounts was. */
  readonly routingHistory: RoutingHistory
  /** How often access rules were met. */
  readonly ruleUses: RuleUses
  /** What DNS says. */
  readonly domainNames: DomainNames
  /** The changes around this one that commit with it; `database` is their transaction then. */
  readonly unit?: Unit
}
