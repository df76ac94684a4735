import type { Logger } from '@dialtone/foundation'
import type { KnownAccounts, TokenBuckets } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { DomainEvent } from '../events/index.ts'
import type { AdmitAddress } from './admit-request.ts'
import type { Authenticate } from './authenticate-request.ts'
import type { BodyRoom } from './body-room.ts'
import type { ConnectionPlaces } from './connection-places.ts'
import type { Operation } from './operation.ts'

export interface HttpServerOptions {
  readonly context: Context
  readonly logger: Logger
  readonly authenticate: Authenticate
  /** Access rules of a partition, asked before any work on who calls (C-09). */
  readonly admitAddress: AdmitAddress
  readonly knownAccounts: KnownAccounts
  /** A token's share of the requests, and that of all tokens of a partition together (C-08). */
  readonly buckets: TokenBuckets
  readonly partitionBuckets: TokenBuckets
  readonly connections: ConnectionPlaces
  readonly bodies: BodyRoom
  readonly operations: readonly Operation[]
  /** Who points at what an event changed: shown by dry runs. */
  readonly affectedBy?: (context: Context, event: DomainEvent) => Promise<readonly unknown[]>
}
