import { type RawBuilder, sql as text } from 'kysely'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import type { Sql } from '../database/index.ts'
import { partitionDefaults } from '../partitions/index.ts'

export const ENDPOINT_TYPES = ['LINE_APPEARANCE', 'BUSINESS_LINE', 'SPECIALTY_LINE', 'SIP_TRUNK'] as const

/** Why a call to 911 from there would not say where it comes from, or could not be called back. */
export const REASONS = [
  'NoCallbackNumber',
  'CallbackNumberNotOnAccount',
  'CallbackNumberNotInService',
  'CallbackNumberTollFree',
  'NoLocation',
  'LocationNotRegistered',
] as const

export interface Endpoint {
  readonly type: (typeof ENDPOINT_TYPES)[number]
  readonly id: string
  readonly name: string
  readonly account_id: string
  readonly account_name: string
  readonly account_number: string
  readonly user_id: string | null
  readonly callback_number: string | null
  readonly reasons: readonly (typeof REASONS)[number][]
}

export interface EndpointPage {
  /** Those with a reason only, by account. */
  readonly endpoints: readonly Endpoint[]
  readonly totalRecords: number
  /** All that can dial 911. */
  readonly endpointCount: number
}

/** What rings the endpoint is called back: the number it names itself, its user's, or one that leads to it, as routing takes them (S1-95). */
const ENDPOINTS = text`
  SELECT 'LINE_APPEARANCE' AS type, line.id, line.device_name AS name, line.account_id, line.user_id,
    coalesce(line.emergency_number, u.caller_id_config ->> 'callerIdNumber', ${leadingTo('line.account_id', 'END_USER', 'u.id')}, ${leadingTo('line.account_id', 'LINE_APPEARANCE', 'line.id')}) AS callback_number
  FROM device_line line LEFT JOIN end_user u ON u.id = line.user_id
  WHERE line.kind = 'USER' AND line.line_type IN ('Line', 'AdvancedSharedLine', 'ReferencedUser')
  UNION ALL
  SELECT 'BUSINESS_LINE', line.id, line.name, line.account_id, NULL,
    coalesce(line.emergency_number, line.caller_id_number, ${leadingTo('line.account_id', 'BUSINESS_LINE', 'line.id')})
  FROM business_line line
  UNION ALL
  SELECT 'SPECIALTY_LINE', line.id, line.name, line.account_id, NULL, coalesce(line.emergency_number, line.caller_id)
  FROM specialty_line line
  UNION ALL
  SELECT 'SIP_TRUNK', trunk.id, trunk.name, trunk.account_id, NULL,
    coalesce(${elevenDigits(`trunk.settings ->> 'callbackNumber'`)}, ${leadingTo('trunk.account_id', 'SIP_TRUNK', 'trunk.id')})
  FROM sip_trunk trunk WHERE trunk.kind = 'PBX' AND trunk.account_id IS NOT NULL`

/** An open port: the number rings at its old carrier still. @param staged whether staged numbers take calls already */
const inService = (staged: boolean) => text`(${staged} OR number.operational_status <> 'STAGED') AND number.carrier_status = 'ACTIVE'
  AND NOT EXISTS (SELECT FROM port_number p WHERE p.phone_number = number.phone_number AND p.is_open)`
const TOLL_FREE = '^1(800|833|844|855|866|877|888)'

const judgedWith = (staged: boolean) => text`
  SELECT endpoint.*, account.account_name, account.account_number, array_remove(ARRAY[
    CASE WHEN callback_number IS NULL THEN 'NoCallbackNumber' END,
    CASE WHEN callback_number IS NOT NULL AND number.phone_number IS NULL THEN 'CallbackNumberNotOnAccount' END,
    CASE WHEN number.phone_number IS NOT NULL AND NOT (${inService(staged)}) THEN 'CallbackNumberNotInService' END,
    CASE WHEN callback_number ~ ${TOLL_FREE} THEN 'CallbackNumberTollFree' END,
    CASE WHEN number.e911_address IS NULL THEN 'NoLocation' END,
    CASE WHEN number.e911_address IS NOT NULL AND NOT number.e911_registered THEN 'LocationNotRegistered' END
  ], NULL) AS reasons
  FROM (${ENDPOINTS}) endpoint JOIN account ON account.id = endpoint.account_id AND account.status <> 'DELETED'
  LEFT JOIN telephone_number number ON number.phone_number = endpoint.callback_number AND number.account_id = endpoint.account_id`

/** What of a partition, or of one of its accounts, is not ready for a call to 911 (47 CFR 9.16(b)(3), 9.11). */
export async function findEndpoints(sql: Sql, scope: PartitionScope | AccountScope, page: { limit: number; offset: number }): Promise<EndpointPage> {
  const accounts = 'accountId' in scope ? text`AND account.id = ${scope.accountId}` : text``
  const { enableStagedCall } = await partitionDefaults(sql, scope)
  const judged = text`${judgedWith(enableStagedCall)} WHERE account.partition_id = ${scope.partitionId} ${accounts}`
  const lacking = text`SELECT * FROM (${judged}) judged WHERE cardinality(reasons) > 0`
  const { rows } = await text<Endpoint>`${lacking} ORDER BY account_number, account_id, type, name, id LIMIT ${page.limit} OFFSET ${page.offset}`.execute(sql)
  const counted = await text<{ all: string; lacking: string }>`
    SELECT count(*) AS all, count(*) FILTER (WHERE cardinality(reasons) > 0) AS lacking FROM (${judged}) judged`.execute(sql)
  const [counts] = counted.rows
  return { endpoints: rows, totalRecords: Number(counts?.lacking ?? 0), endpointCount: Number(counts?.all ?? 0) }
}

/** The oldest number that rings it. The names are our own, never a caller's text. */
function leadingTo(accountId: string, referenceType: string, id: string): RawBuilder<unknown> {
  return text`(SELECT n.phone_number FROM telephone_number n WHERE n.account_id = ${text.raw(accountId)}
    AND n.reference_type = ${referenceType} AND n.reference_id = ${text.raw(id)} ORDER BY n.activated_at NULLS LAST, n.phone_number LIMIT 1)`
}

function elevenDigits(expression: string): RawBuilder<unknown> {
  return text`(SELECT CASE WHEN length(d) = 10 THEN '1' || d ELSE d END FROM nullif(regexp_replace(${text.raw(expression)}, '\\D', '', 'g'), '') d)`
}
