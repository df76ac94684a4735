/** The members of a call detail record, in the order of the columns of its CSV; partitions choose among them by the setting CDRReportColumns. */
export const CALL_RECORD_COLUMNS = [
  'id', 'partitionId', 'accountId', 'acctId', 'sessionId', 'legType', 'startTime', 'connectTime', 'endTime', 'createdDate',
  'actualCallLengthSeconds', 'billCallLengthSeconds', 'ratePerMinute', 'cost', 'inPlan', 'local', 'rateType', 'callingPlanProductId',
  'callingPlanProductName', 'dialedNumber', 'origNumber', 'origCnam', 'origCallCategory', 'termNumber', 'termCallCategory', 'callType',
  'callFlagType', 'disconnectType', 'direction', 'disposition', 'reasonCode', 'sipStatusCode', 'hangupBy', 'referenceId', 'referenceType',
  'referenceName', 'sipCallIds', 'origLocation', 'origCityName', 'origAbbrRCName', 'origState', 'origCountry', 'origCarrier', 'identityAttestLevel',
  'identityOriginationId', 'identitySignOrganization', 'identitySignSPCode', 'verstat', 'verstatReason', 'correlationData', 'accountCode',
  'termLocation', 'termCityName', 'termAbbrRCName', 'termState', 'termCountry', 'termCarrier', 'termCnam', 'forwardingNumber',
  'forwardingNumberLocation', 'forwardingNumberCityName', 'forwardingNumberAbbrRCName', 'forwardingNumberState', 'forwardingNumberCountry',
  'forwardingCnam', 'mediaServerType', 'metroServiceArea', 'rateLocalFromNumber', 'serviceType', 'accountBillableNumber', 'accountBillableLocation',
  'accountBillableCityName', 'accountBillableAbbrRCName', 'accountBillableState', 'accountBillableCountry', 'accountNumber', 'accountCustomField',
  'partitionBillingCode', 'accountBillingCycleDay', 'accountTimeZone', 'meanOpinionScoreAverage', 'meanOpinionScores', 'callPickupFromId',
  'callPickupById', 'applicationData',
] as const // prettier-ignore

/** The column of that name, written in any case. */
export function callRecordColumn(name: string): string | undefined {
  return CALL_RECORD_COLUMNS.find((column) => column.toLowerCase() === name.trim().toLowerCase())
}
