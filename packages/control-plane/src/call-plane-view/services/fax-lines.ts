import type { VirtualFaxLine } from '../../virtual-fax-lines/index.ts'
import { configuredAttributes } from './configured-attributes.ts'
import type { ServiceReader } from './service-reader.ts'

/** Virtual fax lines of the account. Whom their mail goes to is nothing the switch has to know. */
export const faxLines: ServiceReader = async (sql, accountId) => {
  const rows = await configuredAttributes<VirtualFaxLine>(sql, accountId, 'VFAX')
  return { faxLines: new Map(rows.map(({ id, attributes: { name } }) => [id, { id, name }])) }
}
