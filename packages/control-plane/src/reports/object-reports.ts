import { type RawBuilder, sql as text } from 'kysely'
import { MAX_REPORT_ROWS, type Report, type ReportScope } from './report.ts'

/** Objects of one kind that existed in a month: those there are, and those deleted since it began (by the history). */
function objectsOf(scope: ReportScope, type: string, columns: RawBuilder<unknown>): RawBuilder<Record<string, unknown>> {
  return text<Record<string, unknown>>`
    WITH object AS (
      SELECT partition_id, account_id, id, name, attributes, created_at, NULL::timestamptz AS deleted_at FROM account_object
        WHERE type = ${type} AND partition_id = ANY(${[...scope.partitionIds]}) AND created_at < ${scope.to}
      UNION ALL
      SELECT partition_id, account_id, reference_id, reference_name, CASE WHEN jsonb_typeof(old_value) = 'object' THEN old_value END, NULL, logged_at FROM account_history
        WHERE reference_type = ${type} AND action = 'DELETE' AND partition_id = ANY(${[...scope.partitionIds]}) AND logged_at >= ${scope.from} AND logged_at < ${scope.to}
    )
    SELECT ${columns} FROM object
      JOIN account ON account.id = object.account_id
      JOIN partition ON partition.id = object.partition_id
      LEFT JOIN partition parent ON parent.id = partition.parent_id
    ORDER BY account.account_number, object.name, object.id LIMIT ${MAX_REPORT_ROWS}`
}

/** @param columns header by header, an SQL expression over object, account, partition and parent. */
function objectReport(type: string, columns: Readonly<Record<string, string>>): Report {
  const selected = text.raw(Object.entries(columns).map(([header, expression]) => `${expression} AS "${header}"`).join(', ')) // prettier-ignore
  return { headers: Object.keys(columns), query: (scope) => objectsOf(scope, type, selected) }
}

const attribute = (name: string) => `object.attributes->>'${name}'`

export const businessLines = objectReport('BUSINESS_LINE', {
  ParentPartitionName: 'parent.name',
  ParentClientCode: 'parent.id',
  Partition: 'partition.name',
  PartitionClientCode: 'partition.id',
  AccountCreatedDate: 'account.created_at',
  AccountDeletedDate: 'account.deleted_at',
  AccountNumber: 'account.account_number',
  AccountStatus: 'account.status',
  BusinessLineCreatedDate: 'object.created_at',
  BusinessLineDeletedDate: 'object.deleted_at',
  BusinessLineName: 'object.name',
  BusinessLineId: 'object.id',
  HuntGroupMembership: `(SELECT string_agg(DISTINCT u.name, '; ') FROM account_object_reference r JOIN account_object u ON u.account_id = r.account_id AND u.type = r.from_type AND u.id = r.from_id
    WHERE r.account_id = object.account_id AND r.to_type = 'BUSINESS_LINE' AND r.to_id = object.id AND r.from_type = 'BUSINESS_LINE_HUNT_GROUP')`,
  CallerIdNumber: attribute('callerIdPhoneNumber'),
  E911CallbackNumber: attribute('emergencyCallbackPhoneNumber'),
  VoicemailBoxName: `(SELECT b.name FROM account_object_reference r JOIN account_object b ON b.account_id = r.account_id AND b.type = r.to_type AND b.id = r.to_id
    WHERE r.account_id = object.account_id AND r.from_type = 'BUSINESS_LINE' AND r.from_id = object.id AND r.to_type = 'VOICEMAIL_BOX' LIMIT 1)`,
})

export const sipTrunks = objectReport('SIP_TRUNK', {
  AccountNumber: 'account.account_number',
  AccountStatus: 'account.status',
  AddDate: 'object.created_at',
  ConcurrentCall: attribute('concurrentCalls'),
  DeletedDate: 'object.deleted_at',
  E911CallbackNumber: attribute('callbackNumber'),
  ParentPartitionName: 'parent.name',
  PartitionName: 'partition.name',
  SipTrunkName: 'object.name',
  State: `CASE WHEN object.deleted_at IS NULL THEN 'ACTIVE' ELSE 'DELETED' END`,
})

export const specialtyLines = objectReport('SPECIALTY_LINE', {
  PartitionId: 'partition.id',
  PartitionName: 'partition.name',
  AccountId: 'account.id',
  AccountNumber: 'account.account_number',
  AccountStatus: 'account.status',
  SpecialtyLineId: 'object.id',
  SpecialtyLineName: 'object.name',
  SpecialtyLineCreatedDate: 'object.created_at',
  SpecialtyLineDeletedDate: 'object.deleted_at',
  CallerIdNumber: attribute('callerId'),
  CallerIdName: attribute('callerIdName'),
  E911CallbackNumber: attribute('e911CallbackNumber'),
  CallingPlanIds: `(SELECT string_agg(p.calling_plan_product_id, '; ') FROM calling_plan p WHERE p.account_id = object.account_id AND p.reference_type = 'SPECIALTY_LINE' AND p.reference_id = object.id)`,
  DeviceMac: '(SELECT d.mac_address FROM device_line l JOIN device d ON d.id = l.device_id WHERE l.id = object.id)',
  DeviceType: '(SELECT d.device_type_id FROM device_line l JOIN device d ON d.id = l.device_id WHERE l.id = object.id)',
  DevicePort: '(SELECT l.line_number FROM device_line l WHERE l.id = object.id)',
})

export const faxLines = objectReport('VFAX', {
  AccountCreatedDate: 'account.created_at',
  AccountDeletedDate: 'account.deleted_at',
  AccountNumber: 'account.account_number',
  AccountStatus: 'account.status',
  ParentPartitionName: 'parent.name',
  PartitionName: 'partition.name',
  VFaxCreatedDate: 'object.created_at',
  VFaxDeletedDate: 'object.deleted_at',
  VFaxName: 'object.name',
})

export const users = objectReport('END_USER', {
  AccountCreatedDate: 'account.created_at',
  AccountDeletedDate: 'account.deleted_at',
  AccountNumber: 'account.account_number',
  AccountStatus: 'account.status',
  AccountType: 'account.account_type',
  CallerIdNumber: `(SELECT u.caller_id_config->>'callerIdNumber' FROM end_user u WHERE u.id = object.id)`,
  CallingPlanNames: `(SELECT string_agg(DISTINCT p.name, '; ') FROM calling_plan_use c JOIN calling_plan i ON i.id = c.calling_plan_id JOIN calling_plan_product p ON p.id = i.calling_plan_product_id
    WHERE c.account_id = object.account_id AND c.reference_type = 'END_USER' AND c.reference_id = object.id AND c.ends_at IS NULL)`,
  Extension: `coalesce((SELECT u.extension FROM end_user u WHERE u.id = object.id), ${attribute('extension')})`,
  ParentPartitionName: 'parent.name',
  Partition: 'partition.name',
  UserCreatedDate: 'object.created_at',
  UserDeletedDate: 'object.deleted_at',
  UserFirstName: `coalesce((SELECT u.first_name FROM end_user u WHERE u.id = object.id), ${attribute('firstName')})`,
  UserLastName: `coalesce((SELECT u.last_name FROM end_user u WHERE u.id = object.id), ${attribute('lastName')})`,
  UserUsername: `coalesce((SELECT u.username FROM end_user u WHERE u.id = object.id), ${attribute('username')})`,
  VoicemailBoxName: '(SELECT b.name FROM end_user u JOIN voicemail_box b ON b.id = u.voicemail_box_id WHERE u.id = object.id)',
  UserProductPlan: `coalesce((SELECT u.user_product_plan FROM end_user u WHERE u.id = object.id), ${attribute('userProductPlan')})`,
})

/** No header list is published for this one; these are ours. */
export const userProducts = objectReport('END_USER', {
  Partition: 'partition.name',
  AccountNumber: 'account.account_number',
  AccountProducts: `(SELECT string_agg(product, '; ') FROM jsonb_array_elements_text(account.products) AS product)`,
  UserId: 'object.id',
  UserName: 'object.name',
  UserProductPlan: `coalesce((SELECT u.user_product_plan FROM end_user u WHERE u.id = object.id), ${attribute('userProductPlan')})`,
  UserCreatedDate: 'object.created_at',
  UserDeletedDate: 'object.deleted_at',
})
