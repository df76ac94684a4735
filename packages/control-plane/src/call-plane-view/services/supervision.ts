import type { CallSupervision } from '../../call-supervision/index.ts'
import { configuredAttributes } from './configured-attributes.ts'
import type { ServiceReader } from './service-reader.ts'

/** Whether calls of the account may be listened to. */
export const supervision: ServiceReader = async (sql, accountId) => {
  const [row] = await configuredAttributes<CallSupervision>(sql, accountId, 'CALL_SUPERVISION')
  if (row?.attributes.enabled !== true) return { supervision: undefined }
  const { modes, notice } = row.attributes
  return { supervision: { modes, notice } }
}
