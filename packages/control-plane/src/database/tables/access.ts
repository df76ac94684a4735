import type { ColumnType, Generated } from 'kysely'
import type { Json } from '../schema.ts'

type Defaulted<Value> = ColumnType<Value, Value | undefined, Value>

export interface SecurityRoleTable {
  id: string
  partition_id: string
  name: string
  user_type: string
  permissions: Json<Record<string, string>>
  created_at: Date
  updated_at: Date
}

export interface UserRoleTable {
  user_id: string
  role_id: string
}

export interface AccountUserTable {
  id: string
  partition_id: string
  account_id: string
  username: string
  sub_domain: string | null
  password_hash: string | null
  first_name: string
  last_name: string
  email_address: string | null
  must_change_password: Defaulted<boolean>
  language_tag: string
  created_at: Date
  updated_at: Date
}

/** Kept by triggers of the three tables of users. */
export interface LoginNameTable {
  /** In lower case. */
  name: string
  user_type: string
  user_id: string
}

export interface PasswordTokenTable {
  token_hash: string
  environment: string
  purpose: string
  user_type: string
  user_id: string
  expires_at: Date
  created_at: Date
}

export interface PasswordHistoryTable {
  sequence: Generated<string>
  user_id: string
  password_hash: string
  created_at: Date
}

export interface LoginFailureTable {
  source: string
  name_hash: string
  failures: number
  blocked_until: Date
  last_failed_at: Date
}

export interface LoginSourceTable {
  name_hash: string
  source: string
  last_success_at: Date
}

export interface AccessRuleTable {
  id: string
  partition_id: string
  account_id: string | null
  scope: string
  action: string
  cidr: string
  description: string
  enabled: Defaulted<boolean>
  created_at: Date
  updated_at: Date
}

export interface AccessRuleUseTable {
  rule_id: string
  hour: Date
  count: number
  last_at: Date
}

export interface ProgramKeyTable {
  id: string
  kind: string
  partition_id: string
  account_id: string | null
  environment: string
  name: string
  secret_hash: string
  secret_start: string
  previous_secret_hash: string | null
  previous_valid_until: Date | null
  public_key: string | null
  permissions: Json<Record<string, string>>
  allowed_addresses: Json<readonly string[]>
  expires_at: Date | null
  last_used_at: Date | null
  last_used_address: string | null
  created_by: string
  created_at: Date
}

export interface UsedAssertionTable {
  id: string
  expires_at: Date
}

export interface PartitionHistoryTable {
  sequence: Generated<string>
  id: string
  partition_id: string
  type: string
  action: string
  search_tags: Json<readonly string[]>
  old_value: Json<unknown> | null
  new_value: Json<unknown> | null
  reference_type: string
  reference_id: string
  reference_name: string
  user_id: string
  user_name: string
  user_type: string
  logged_at: Date
}

export interface InboundCarrierTable {
  id: string
  partition_id: string
  name: string
  carrier_type: string
  attributes: Json<Record<string, unknown>>
  created_at: Date
  updated_at: Date
}

export interface AccessTables {
  security_role: SecurityRoleTable
  management_user_role: UserRoleTable
  account_user_role: UserRoleTable
  account_user: AccountUserTable
  login_name: LoginNameTable
  password_token: PasswordTokenTable
  password_history: PasswordHistoryTable
  login_failure: LoginFailureTable
  login_source: LoginSourceTable
  access_rule: AccessRuleTable
  access_rule_use: AccessRuleUseTable
  program_key: ProgramKeyTable
  used_assertion: UsedAssertionTable
  partition_history: PartitionHistoryTable
  inbound_carrier: InboundCarrierTable
}
