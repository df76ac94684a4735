import type { Principal } from '../access/index.ts'
import type { EndUserRow } from './end-user-queries.ts'

/** Whoever dials at a user's own phone is the user, with no more rights than everybody has over himself. */
export function userAtPhone({ id, username, partition_id: partitionId, account_id: accountId }: EndUserRow): Principal {
  return { userId: id, userType: 'EndUser', username: username ?? '', partitionId, visiblePartitionIds: [partitionId], accountId, permissions: {} }
}
