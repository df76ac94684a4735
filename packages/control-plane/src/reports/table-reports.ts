import { type RawBuilder, sql as text } from 'kysely'
import { MAX_REPORT_ROWS, type Report, type ReportScope } from './report.ts'

/** A report over tables; `where` and the joins are written out, the headers are the columns of the answer. */
function tableReport(
  columns: Readonly<Record<string, string>>,
  from: string | ((scope: ReportScope) => RawBuilder<unknown>),
  where: (scope: ReportScope) => RawBuilder<unknown>,
  order: string,
): Report {
  const selected = text.raw(Object.entries(columns).map(([header, expression]) => `${expression} AS "${header}"`).join(', ')) // prettier-ignore
  return {
    headers: Object.keys(columns),
    query: (scope) => text<Record<string, unknown>>`
        SELECT ${selected} FROM ${typeof from === 'string' ? text.raw(from) : from(scope)} WHERE ${where(scope)} ORDER BY ${text.raw(order)} LIMIT ${MAX_REPORT_ROWS}`,
  }
}

const PARTITION = 'JOIN partition ON partition.id = account.partition_id LEFT JOIN partition parent ON parent.id = partition.parent_id'
const count = (type: string) => `(SELECT count(*) FROM account_object o WHERE o.account_id = account.id AND o.type = '${type}')`
const usersWith = (plan: string) => `(SELECT count(*) FROM end_user u WHERE u.account_id = account.id AND u.user_product_plan = '${plan}')`
const sessions = `(SELECT coalesce(sum((t.settings->>'concurrentCalls')::numeric), 0) FROM sip_trunk t JOIN account_object o ON o.type = 'SIP_TRUNK' AND o.id = t.id WHERE t.account_id = account.id)`
const inPartitions = ({ partitionIds }: ReportScope) => text`account.partition_id = ANY(${[...partitionIds]})`

export const accounts = tableReport(
  {
    'Account Billing Cycle Day': 'account.billing_cycle_day',
    'Account Created Date': 'account.created_at',
    'Account Dialing Behavior': 'account.dialing_behavior_type',
    'Account Extension Length': 'account.extension_length',
    'Account Name': 'account.account_name',
    'Account Number': 'account.account_number',
    'Account Status': 'account.status',
    'Account Time Zone': 'account.time_zone',
    'Account Type': 'account.account_type',
    AccountId: 'account.id',
    CustomField: 'account.custom_field',
    'Number of Devices': '(SELECT count(*) FROM device d WHERE d.account_id = account.id)',
    'Number of IVRs': count('IVR'),
    'Number of Phone Numbers': '(SELECT count(*) FROM telephone_number n WHERE n.account_id = account.id)',
    'Number of SIP Trunks': count('SIP_TRUNK'),
    'Number of Concurrent SIP Trunk Calls': sessions,
    'Number of Users': count('END_USER'),
    'Number of Business Lines': count('BUSINESS_LINE'),
    'Number of Business Lines Hunt Groups': count('BUSINESS_LINE_HUNT_GROUP'),
    'Number of Specialty Lines': count('SPECIALTY_LINE'),
    'Number of Standard BCC Users': usersWith('STANDARD'),
    'Number of Advanced BCC Users': usersWith('ADVANCED'),
    'Number of Professional BCC Users': usersWith('PROFESSIONAL'),
    'Parent Partition': 'parent.name',
    Partition: 'partition.name',
    PartitionId: 'partition.id',
    'Number of VFax Lines': count('VFAX'),
  },
  `account ${PARTITION}`,
  (scope) => text`${inPartitions(scope)} AND account.status <> 'DELETED'`,
  'account.account_number, account.id',
)

export const userChanges = tableReport(
  {
    'Account Number': 'account.account_number',
    Username: 'h.user_name',
    'Change Time': 'h.logged_at',
    'Change Type': `h.type || ' ' || h.action`,
    'Old Value': 'h.old_value::text',
    'New Value': 'h.new_value::text',
  },
  'account_history h JOIN account ON account.id = h.account_id',
  (scope) =>
    text`h.partition_id = ANY(${[...scope.partitionIds]}) AND h.reference_type = 'END_USER' AND h.logged_at >= ${scope.from} AND h.logged_at < ${scope.to}`,
  'h.sequence',
)

export const devices = tableReport(
  {
    AccountNumber: 'account.account_number',
    DeviceName: 'coalesce(line.device_name, device.device_name)',
    DeviceType: 'device.device_type_id',
    E911CallBack: 'line.emergency_number',
    IpAddress: `(SELECT b.binding->'receivedFrom'->>'address' FROM registration_binding b WHERE b.line_id = line.id ORDER BY b.expires_at DESC LIMIT 1)`,
    LineNumber: 'line.line_number',
    MacAddress: 'device.mac_address',
    ParentPartition: 'parent.name',
    Partition: 'partition.name',
    State: 'device.admin_state',
    Username: `coalesce(u.username, u.first_name || ' ' || u.last_name)`,
    DeviceCategory: 'line.kind',
    ProvisionerType: 'device.provisioner_type',
    SideCarCount: 'device.num_side_cars',
    SideCarTypeId: 'device.side_car_type_id',
    PartitionId: 'partition.id',
    AccountId: 'account.id',
    DeviceId: 'device.id',
    UserId: 'line.user_id',
  },
  `device JOIN account ON account.id = device.account_id ${PARTITION} LEFT JOIN device_line line ON line.device_id = device.id LEFT JOIN end_user u ON u.id = line.user_id`,
  inPartitions,
  'account.account_number, device.id, line.line_number',
)

export const registrations = tableReport(
  {
    PartitionId: 'partition.id',
    PartitionName: 'partition.name',
    AccountId: 'account.id',
    AccountNumber: 'account.account_number',
    AccountName: 'account.account_name',
    RegistrationId: 'line.id',
    RegistrationType: 'line.kind',
    DeviceType: 'device.device_type_id',
    DeviceName: 'line.device_name',
    MacAddress: 'device.mac_address',
    LineNumber: 'line.line_number',
    UserId: 'line.user_id',
    Username: `coalesce(u.username, u.first_name || ' ' || u.last_name)`,
    IpAddress: `binding.binding->'receivedFrom'->>'address'`,
    ConfigDownloadDate: '(SELECT max(r.requested_at) FROM provisioning_request r WHERE r.device_id = device.id AND r.http_status = 200)',
    RegistrationDate: `to_timestamp((binding.binding->>'registeredAtMs')::double precision / 1000)`,
    ExpirationDate: 'binding.expires_at',
    Status: `CASE WHEN binding.line_id IS NULL THEN 'UNREGISTERED' ELSE 'REGISTERED' END`,
  },
  // One that ran out while nobody was there to take it away is none any more.
  ({ now }) => text`device_line line JOIN device ON device.id = line.device_id JOIN account ON account.id = line.account_id ${text.raw(PARTITION)}
    LEFT JOIN end_user u ON u.id = line.user_id LEFT JOIN registration_binding binding ON binding.line_id = line.id AND binding.expires_at > ${now}`,
  inPartitions,
  'account.account_number, line.id',
)

export const emergencyCompliance = tableReport(
  {
    partition: 'partition.name',
    parent_partition: 'parent.name',
    account_number: 'account.account_number',
    account_status: 'account.status',
    account_name: 'account.account_name',
    account_created_date: 'account.created_at',
    number_of_devices: '(SELECT count(*) FROM device d WHERE d.account_id = account.id)',
    number_of_users: count('END_USER'),
    number_of_business_lines: count('BUSINESS_LINE'),
    number_of_sip_trunk_sessions: sessions,
    compliance_type: `CASE WHEN g.account_id IS NULL THEN 'NONE' WHEN g.using_alternative_solution THEN 'ALTERNATIVE_SOLUTION' ELSE 'NOTIFICATION' END`,
    email_recipients: 'g.email_recipients::text',
    sms_recipients: 'g.sms_recipients::text',
    notification_config_modified_date: 'g.updated_at',
  },
  `account ${PARTITION} LEFT JOIN emergency_group g ON g.account_id = account.id`,
  (scope) => text`${inPartitions(scope)} AND account.status <> 'DELETED'`,
  'account.account_number, account.id',
)
