import { type RawBuilder, sql as text } from 'kysely'
import { MAX_REPORT_ROWS, type Report, type ReportScope } from './report.ts'

/**
 * Objects of one kind that existed in a month: those there are, and those deleted since it began (by the history), also when that was
 * after its end: a month is billed when it is over.
 */
function objectsOf(scope: ReportScope, type: string, columns: RawBuilder<unknown>): RawBuilder<Record<string, unknown>> {
  return text<Record<string, unknown>>`
    WITH object AS (
      SELECT partition_id, account_id, id, name, attributes, created_at, NULL::timestamptz AS deleted_at FROM account_object
        WHERE type = ${type} AND partition_id = ANY(${[...scope.partitionIds]}) AND created_at < ${scope.to}
      UNION ALL
      SELECT h.partition_id, h.account_id, h.reference_id, h.reference_name, CASE WHEN jsonb_typeof(h.old_value) = 'object' THEN h.old_value END, born.at, h.logged_at
        FROM account_history h CROSS JOIN LATERAL (
          SELECT min(c.logged_at) AS at FROM account_history c
            WHERE c.partition_id = h.partition_id AND c.reference_id = h.reference_id AND c.account_id = h.account_id AND c.reference_type = ${type} AND c.action = 'CREATE') born
        WHERE h.reference_type = ${type} AND h.action = 'DELETE' AND h.partition_id = ANY(${[...scope.partitionIds]}) AND h.logged_at >= ${scope.from}
          AND coalesce(born.at < ${scope.to}, h.logged_at < ${scope.to})
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

/** What a deleted one had, in the words of its history. */
const attribute = (name: string) => `object.attributes->>'${name}'`
/** Out of the table of its kind while it is there, else out of its history. */
const column = (table: string, name: string, asHistory: string) =>
  `coalesce((SELECT own.${name}::text FROM ${table} own WHERE own.id = object.id), ${attribute(asHistory)})`

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
  CallerIdNumber: column('business_line', 'caller_id_number', 'callerIdPhoneNumber'),
  E911CallbackNumber: column('business_line', 'emergency_number', 'emergencyCallbackPhoneNumber'),
  VoicemailBoxName: `(SELECT b.name FROM account_object_reference r JOIN account_object b ON b.account_id = r.account_id AND b.type = r.to_type AND b.id = r.to_id
    WHERE r.account_id = object.account_id AND r.from_type = 'BUSINESS_LINE' AND r.from_id = object.id AND r.to_type = 'VOICEMAIL_BOX' LIMIT 1)`,
})

export const sipTrunks = objectReport('SIP_TRUNK', {
  AccountNumber: 'account.account_number',
  AccountStatus: 'account.status',
  AddDate: 'object.created_at',
  ConcurrentCall: column('sip_trunk', `settings->>'concurrentCalls'`, 'concurrentCalls'),
  DeletedDate: 'object.deleted_at',
  E911CallbackNumber: column('sip_trunk', `settings->>'callbackNumber'`, 'callbackNumber'),
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
  CallerIdNumber: column('specialty_line', 'caller_id', 'callerId'),
  CallerIdName: `(SELECT n.customer_service_record->>'customerName' FROM telephone_number n
    WHERE n.account_id = object.account_id AND n.phone_number = ${column('specialty_line', 'caller_id', 'callerId')})`,
  E911CallbackNumber: column('specialty_line', 'emergency_number', 'e911CallbackNumber'),
  CallingPlanIds: `(SELECT string_agg(DISTINCT i.calling_plan_product_id, '; ') FROM calling_plan_use c JOIN calling_plan i ON i.id = c.calling_plan_id
    WHERE c.account_id = object.account_id AND c.reference_type = 'SPECIALTY_LINE' AND c.reference_id = object.id AND c.ends_at IS NULL)`,
  DeviceMac: `coalesce((SELECT d.mac_address FROM device_line l JOIN device d ON d.id = l.device_id WHERE l.id = object.id), object.attributes->'port'->>'macAddress')`,
  DeviceType: `coalesce((SELECT d.device_type_id FROM device_line l JOIN device d ON d.id = l.device_id WHERE l.id = object.id), object.attributes->'port'->>'deviceTypeId')`,
  DevicePort: `coalesce((SELECT l.line_number::text FROM device_line l WHERE l.id = object.id), object.attributes->'port'->>'portNumber')`,
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
  CallerIdNumber: `coalesce((SELECT u.caller_id_config FROM end_user u WHERE u.id = object.id), object.attributes->'callerIdConfig')->>'callerIdNumber'`,
  CallingPlanNames: `(SELECT string_agg(DISTINCT p.name, '; ') FROM calling_plan_use c JOIN calling_plan i ON i.id = c.calling_plan_id JOIN calling_plan_product p ON p.id = i.calling_plan_product_id
    WHERE c.account_id = object.account_id AND c.reference_type = 'END_USER' AND c.reference_id = object.id AND c.ends_at IS NULL)`,
  Extension: column('end_user', 'extension', 'extension'),
  ParentPartitionName: 'parent.name',
  Partition: 'partition.name',
  UserCreatedDate: 'object.created_at',
  UserDeletedDate: 'object.deleted_at',
  UserFirstName: column('end_user', 'first_name', 'firstName'),
  UserLastName: column('end_user', 'last_name', 'lastName'),
  UserUsername: column('end_user', 'username', 'username'),
  VoicemailBoxName: '(SELECT b.name FROM end_user u JOIN voicemail_box b ON b.id = u.voicemail_box_id WHERE u.id = object.id)',
  UserProductPlan: column('end_user', 'user_product_plan', 'userProductPlan'),
})

/** No header list is published for this one; these are ours. */
export const userProducts = objectReport('END_USER', {
  Partition: 'partition.name',
  AccountNumber: 'account.account_number',
  AccountProducts: `(SELECT string_agg(product, '; ') FROM jsonb_array_elements_text(account.products) AS product)`,
  UserId: 'object.id',
  UserName: 'object.name',
  UserProductPlan: column('end_user', 'user_product_plan', 'userProductPlan'),
  UserCreatedDate: 'object.created_at',
  UserDeletedDate: 'object.deleted_at',
})
