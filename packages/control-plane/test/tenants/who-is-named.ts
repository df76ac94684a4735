/** Which of a tenant's things a field or filter of that name may mean, by its last word. */
const NAMED: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(organization_id|organizationId)$/, ['organization']],
  [/^partitionid$/i, ['partitionId']],
  [/^accountIds?$|^ownerId$|^targetAccountId$/, ['accountId']],
  [/^accountnumber$/i, ['accountNumber']],
  [/^(userIds?|user_id|toUserId|owningUserId|supervisor)$/, ['userId']],
  [/^(memberIds?|members)$/, ['userId', 'lineId', 'businessLineId']],
  [/^groupIds?$/, ['callGroupId', 'pagingGroupId', 'sipTrunkGroupId']],
  [/^referenceId$/, ['userId', 'ivrId', 'sipTrunkId', 'businessLineId', 'number', 'voicemailBoxId', 'queueId']],
  [/^(lineId|deviceId|deviceLineId)$/, ['lineId', 'device']],
  [/^(businessLineId)$/, ['businessLineId']],
  [/^(lineHuntGroupId)$/, ['huntGroupId', 'callGroupId']],
  [/^voicemailBoxI[dD]$/, ['voicemailBoxId']],
  [/^parentId$/, ['primaryBoxId', 'voicemailBoxId']],
  [/^(sipTrunkId|sipTrunksIds|trunkId)$/, ['sipTrunkId']],
  [/^sipTrunkGroupId$/, ['sipTrunkGroupId']],
  [/^(callingPlanIds?|newCppId|callingPlanProductId|swapCallingPlanProductId|cppId)$/, ['planProductId', 'planId']],
  [/^callingPlanReferenceId$/, ['userId', 'sipTrunkId']],
  [/^inboundRatePlanProductId$/, ['ratePlanId']],
  [/^byotnCarrierId$/, ['inboundCarrierId']],
  [/^(carrierId|inboundCarrierId)$/, ['inboundCarrierId', 'carrierTrunkId']],
  [/^(templateId|template_id)$/, ['templateId']],
  [/^(roles)$/, ['securityId']],
  [/^(inputCollectionId|collectionId)$/, ['collectionId']],
  [/^(key|jobUploadKey)$/, ['uploadKey']],
  [/^(macaddress|mac_address)$/i, ['macAddress']],
  [/^(sipusername|caller_username)$/i, ['sipUsername']],
  [/^(username|userName|email|emailAddress)$/, ['username']],
  [/^(destination|from|to)$/, ['number', 'lineId', 'sipUsername']],
  [/^id$/, ['userId', 'lineId', 'callGroupId', 'planProductId', 'sipTrunkId', 'queueId']],
  [/^(holdMusic|(init|menu)PromptId|introPrompt|invalidSelectionPrompt|goodBye|left|top)$/, []],
  [/(^tn$|number|Number|NumberList|Numbers|Tn|TN|^callerId|forwardAlwaysToNumber)$/, ['number']],
  [/^(q|searchString|searchterm|filter|pattern)$/, ['userId', 'number', 'username', 'macAddress', 'mark']],
]
/** Names that end as ids do, and are words, catalogues for everybody, or ids of what only the same object has. */
const NOT_OF_TENANTS =
  /^(spotNumber|deviceTypeId|sideCarTypeId|timeZoneId|accountIdType|defaultRoutePlanId|ip_id|orderId|alianzaOrderId|busOrgId|callRecordId|sipCallId|hotCutPortId|messageIds|callerIdNumberReservationId|client_id|activeForwardConfigurationId|fromIvrComponentId|toIvrComponentId|timeoutComponentId|lastEventId|publicKey|ssl_private_key|wirelessAccountNumber)$/
const LOOKS_LIKE_ID = /(id|ids|Id|Ids|ID|key|Key|[nN]umber|[nN]umbers|[uU]sername|[mM]ac_?[aA]ddress|tn|Tn|TN)$/

/** Whose ids belong there, by their names in `Ids`; undefined when nobody has said yet what the name means. */
export function namedBy(name: string): readonly string[] | undefined {
  if (NOT_OF_TENANTS.test(name)) return []
  const known = NAMED.find(([pattern]) => pattern.test(name))
  if (known !== undefined) return known[1]
  return LOOKS_LIKE_ID.test(name) ? undefined : []
}
