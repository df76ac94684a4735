import type { PartitionScope } from '../access/index.ts'
import type { Sql } from '../database/index.ts'
import { alreadyInUse, type ApiFailure, invalidField } from '../failures/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { sipUsernameFailure } from '../sip-credentials/index.ts'

export interface UniqueProperties {
  readonly accountnumber?: string | undefined
  readonly macaddress?: string | undefined
  readonly sipusername?: string | undefined
  readonly username?: string | undefined
}

/** The first of these values that cannot be had because of its form, or is taken: the account number in the partition, the others on the whole platform (public-spec section 6). */
export async function takenProperty(sql: Sql, scope: PartitionScope, wanted: UniqueProperties): Promise<ApiFailure | undefined> {
  const { accountnumber, macaddress, sipusername, username } = wanted
  if (accountnumber !== undefined) {
    const { accountNumberMaxLength } = await partitionDefaults(sql, scope)
    if (accountnumber.length > accountNumberMaxLength) return invalidField('accountNumber', 'is too long', `1 to ${accountNumberMaxLength} characters`)
    const account = sql.selectFrom('account').select('id').where('partition_id', '=', scope.partitionId).where('account_number', '=', accountnumber)
    const taken = await account.where('status', '<>', 'DELETED').executeTakeFirst()
    if (taken !== undefined) return alreadyInUse('DuplicateAccountNumber', 'accountNumber', accountnumber, 'partition')
  }
  if (macaddress !== undefined) {
    const mac = macaddress.toLowerCase().replaceAll(/[^0-9a-f]/g, '')
    if (mac.length !== 12) return invalidField('macAddress', 'is no MAC address', '12 hexadecimal digits')
    if ((await sql.selectFrom('device').select('id').where('mac_address', '=', mac).executeTakeFirst()) !== undefined)
      return alreadyInUse('DuplicateMACAddress', 'macAddress', macaddress, 'platform')
  }
  if (sipusername !== undefined) {
    // The widest form: which kind of line or trunk it is for is not said.
    const malformed = sipUsernameFailure(sipusername, { addressForm: true })
    if (malformed !== undefined) return malformed
    const taken = await sql.selectFrom('sip_credential').select('owner_id').where('sip_username', '=', sipusername).executeTakeFirst()
    if (taken !== undefined) return alreadyInUse('SipUsernameInUse', 'sipUsername', sipusername, 'platform')
  }
  if (username === undefined) return undefined
  const taken = await sql.selectFrom('login_name').select('name').where('name', '=', username.toLowerCase()).executeTakeFirst()
  return taken === undefined ? undefined : alreadyInUse('DuplicateUsername', 'username', username, 'platform')
}
