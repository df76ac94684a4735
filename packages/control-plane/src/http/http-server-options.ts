import type { Logger } from '@dialtone/foundation'
import type { TokenBuckets } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Authenticate } from './authenticate-request.ts'
import type { Operation } from './operation.ts'

export interface HttpServerOptions {
  readonly context: Context
  readonly logger: Logger
  readonly authenticate: Authenticate
  readonly buckets: TokenBuckets
  readonly operations: readonly Operation[]
}
