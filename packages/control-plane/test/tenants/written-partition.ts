import type { Pairs } from './furnished-pairs.ts'
import { ADDRESSES, LISTINGS, RECORDS } from './written-records.ts'
import { A, both, P, type WrittenThing } from './written-thing.ts'

/** Of a port, what only answers say. */
const SHOWN_OF_PORTS = Object.fromEntries(
  'id partitionId accountId telephoneNumbers status loaSaved carrierId carrierType focDate focDateTimeZone createdDate completedDate cancelType rejectionCode rejectionReason editableFieldTypes'
    .split(' ')
    .map((name) => [name, 'only read']),
)

/** What is the partition's, and what is ordered for an account. */
export function writtenPartition(p: Pairs): readonly WrittenThing[] {
  const { ids } = p
  const rules = (turn: number) => ({ outboundCalled: [{ prefix: `+${turn}`, minLength: 9 + turn, maxLength: 11 + turn, strip: turn, prepend: `0${turn}` }], outboundCaller: [{ prefix: `+1${turn}`, minLength: 9 + turn, maxLength: 11 + turn, strip: turn, prepend: `1${turn}` }], inboundCalled: [{ prefix: `2${turn}`, minLength: 9 + turn, maxLength: 11 + turn, strip: turn, prepend: `2${turn}` }], inboundCaller: [{ prefix: `3${turn}`, minLength: 9 + turn, maxLength: 11 + turn, strip: turn, prepend: `3${turn}` }] }) // prettier-ignore
  const carrier = (turn: number, n: number) => ({ name: `Carrier ${turn}`, enabled: turn === 2, address: `192.0.2.${n + turn}`, port: 5070 + turn, transport: turn === 1 ? 'tls' : 'tcp', peerCertificate: turn === 1 ? 'required' : 'ignored', priority: 10 + turn, costWeight: 1.5 + turn, costByPrefix: { [`4${turn}`]: 2.5 }, maxConcurrentCalls: 20 + turn, maxCallsPerSecond: 3 + turn, keepAliveSeconds: 40 + turn, username: `their-login-${turn}`, registrarDomain: `reg${turn}.example.com`, numberRules: rules(turn), password: `their-password-${turn}` }) // prettier-ignore
  const partition = (turn: number) => ({ name: `Partition ${turn}`, status: turn === 1 ? 'HIDDEN' : 'ACTIVE', customerServiceNumber: p.numbers[turn - 1], useAccountNumberDefault: turn === 1, bypassVoicemailPINValidationFromDevice: turn === 1, billingCode: `B-${turn}`, country: turn === 1 ? 'CAN' : 'USA', languageTag: turn === 1 ? 'fr-CA' : 'es-MX', reorderNotifications: [`a${turn}@example.com`], useOwnCarrier: turn === 1, defaultRoutePlanId: `5967df89-c80e-4e94-b73f-f6f29202de1${turn}`, tnDeleteCooldownDays: 10 + turn, defaultTimeZone: turn === 1 ? 'US/Eastern' : 'US/Pacific', tempTnThreshold: 11 + turn, serviceDialPlanRules: [{ id: `rule-${turn}`, mask: `*9${turn}`, actionType: turn === 1 ? 'CallOutboundNumber' : 'TranslateAndReapplyDialPlan', callNumber: `1801555040${turn}`, endingMinimumLength: turn, endingMaximumLength: 5 + turn, translationMacro: `1{x}${turn}`, disableCallerId: turn === 1, callerIdVisibilityOverride: turn === 1 ? 'Blocked' : 'Unblocked', disableCallWaiting: turn === 1, overwriteCallerIdNumber: `1801555041${turn}`, bypassAuthorization: turn === 1, outboundNumberFunction: turn === 1 ? 'OPERATOR' : 'SPEED_DIAL' }], mediaFriends: { enabled: turn === 1, host: `h${turn}.example.com`, toNumber: `123${turn}` }, defaultSimpleDialingBehaviorType: turn === 1 ? 'TEN_DIGIT' : 'OPEN_DIAL_PLAN', defaultAdvancedDialingBehaviorType: turn === 1 ? 'TEN_DIGIT' : 'OPEN_DIAL_PLAN', defaultDirectoryListingType: turn === 1 ? 'LIST_PUBLISH' : 'LIST_NOT_PUBLISH', portPushDays: 2 + turn, tollFreeApproval: turn === 1 ? 'MANUAL' : 'AUTO', vanityNumberApproval: turn === 1 ? 'MANUAL' : 'AUTO', allowedDeviceTypes: turn === 1 ? ['SPA112', 'VVX400'] : ['VVX400'], defaultHoldTimeoutSeconds: 98 + turn, allowLoginByAccountNumber: turn === 1, requiresDeviceInventory: turn === 1, showComplexListing: turn === 1, defaultExtensionLength: 4 + turn > 5 ? 3 : 5, autoAssignCallerId: turn === 1, byotnCarrierId: turn === 1 ? p.carrierSub1 : p.carrierSub2, accountNumberMaxLength: 39 + turn, regulatoryType: turn === 1 ? 'COMMERCIAL' : 'GOVERNMENT' }) // prettier-ignore
  const port = (turn: number) => ({ sendLoa: turn === 1, customerServiceRecord: RECORDS[turn - 1], crdDate: turn === 1 ? '2026-12-09' : '2026-12-16', billingTelephoneNumber: `1607555820${turn}`, portingWireType: turn === 1 ? 'Wireless' : 'Wireline', portingAuthorizedName: `Jo ${turn}`, wirelessAccountNumber: `7${turn}`, wirelessPin: `123${turn}`, telecomSettings: { notes: `words ${turn}`, currentCarrier: `cc ${turn}`, currentCarrierName: `ccn ${turn}`, localReseller: `lr ${turn}`, loaDate: `2026-11-0${turn}`, disconnectInternetService: turn === 1, disconnectTelevisionService: turn === 1 }, hotCutPortId: `H-${turn}`, canAcceptSMS: turn === 1, smsCallbackUrl: `https://example.com/sms${turn}` }) // prettier-ignore
  return [
    {
      at: `${P}/carrier-trunk/{carrierTrunkId}`,
      madeAt: `${P}/carrier-trunk`,
      idName: 'carrierTrunkId',
      bodies: both((turn) => carrier(turn, 180)),
      otherwise: { password: 'a secret' },
      stay: ['numberRules'],
      together: ['transport', 'peerCertificate'],
    },
    {
      at: `${A}/carrier-trunk/{carrierTrunkId}`,
      madeAt: `${A}/carrier-trunk`,
      idName: 'carrierTrunkId',
      bodies: both((turn) => carrier(turn, 190)),
      otherwise: { password: 'a secret' },
      stay: ['numberRules'],
      together: ['transport', 'peerCertificate'],
    },
    { at: `${P}/callingplanproduct/{cppId}`, madeAt: `${P}/callingplanproduct`, idName: 'cppId', bodies: both((turn) => ({ name: `Plan ${turn}`, planMinutes: 6 + turn, defaultPlan: turn === 2, unlimitedDisplay: turn === 1, allowOverage: turn === 2, preventForwarding: turn === 2, allow411: turn === 2, callRateFor411: 8 + turn, rateTypeFor411: turn === 1 ? 'PER_MINUTE' : 'PER_CALL', allowOperator: turn === 2, callRateForOperator: 7 + turn, rateTypeForOperator: turn === 1 ? 'PER_MINUTE' : 'PER_CALL', allowUnlimitedLocal: turn === 1, rateIntraPartitionAsFree: turn === 2, overageRatePerMinute: 0.5 + turn })) }, // prettier-ignore
    { at: P, ids: { partitionId: p.sub }, bodies: both(partition), otherwise: { 'serviceDialPlanRules.partitionId': 'in the path' }, stay: ['status'] },
    { at: `${P}/security/{securityId}`, madeAt: `${P}/security`, idName: 'securityId', bodies: both((turn) => ({ name: `Role ${turn}`, userType: 'ManagementUser', permissions: [{ type: turn === 1 ? 'Account' : 'EU_User', accessType: turn === 1 ? 'READ' : 'EDIT' }] })), otherwise: { userType: 'stays' } }, // prettier-ignore
    { at: `${P}/accessrule/{accessRuleId}`, madeAt: `${P}/accessrule`, idName: 'accessRuleId', bodies: both((turn) => ({ scope: turn === 1 ? 'sip' : 'api', action: 'deny', cidr: `203.0.113.${turn}/32`, description: `words ${turn}`, enabled: turn === 2 })), otherwise: { action: 'to allow would shut the author out' } }, // prettier-ignore
    { at: `${P}/webhook/{webhookId}`, madeAt: `${P}/webhook`, idName: 'webhookId', bodies: both((turn) => ({ url: `https://example.com/hook${turn}`, events: [turn === 1 ? 'call.completed' : 'call.started'], secret: `a-secret-of-another-${turn}`, enabled: turn === 2, description: `words ${turn}`, includeSubPartitions: turn === 1 })), otherwise: { secret: 'a secret' } }, // prettier-ignore
    {
      at: `${P}/apikey/{apiKeyId}`,
      madeAt: `${P}/apikey`,
      idName: 'apiKeyId',
      bodies: both((turn) => ({ name: `Key ${turn}`, kind: 'OAUTH_CLIENT', accountId: ids['accountId'], permissions: { EU_User: 'READ' } })),
      otherwise: {
        permissions: 'every one of the 47',
        publicKey: 'a key, and read as it was made',
        allowedAddresses: 'of this address alone',
        expiresDate: 'read as a moment',
        kind: 'stays',
        accountId: 'stays',
      },
    },
    {
      at: `${A}/port/{portId}`,
      ids: { portId: p.portId },
      bodies: both(port),
      otherwise: {
        ...SHOWN_OF_PORTS,
        portingWireType: 'Wireless, when a PIN is there',
        crdDate: 'read as a moment',
        wirelessPin: 'a secret',
        portNow: 'instead of crdDate',
        'telecomSettings.tnData': 'by number',
      },
      stay: [],
    },
    { at: `${A}/telephonenumber/tn-requests/{orderId}`, madeAt: `${A}/telephonenumber/tn-requests`, idName: 'orderId', bodies: both((turn) => ({ carrierId: p.carrierB, deviceId: p.deviceLineB, userId: turn === 1 ? p.userB : p.userC, alianzaOrderId: 'y', tnQuantity: 1 + turn, customerServiceRecord: RECORDS[turn - 1], directoryListing: LISTINGS[turn - 1], e911Address: ADDRESSES[turn - 1], tnSettings: { phoneNumber: `1222999000${turn}` }, ringType: turn === 1 ? 'Ring3' : 'Ring4', archived: turn === 1 })), otherwise: { deviceId: 'one line in both', carrierId: 'the carrier that has them', alianzaOrderId: 'its own id', orderId: 'an offer that is wanted', archived: 'put aside by a change', 'customerServiceRecord.latitude': 'a number here', 'customerServiceRecord.longitude': 'a number here', ringType: 'of what has no numbers yet' } }, // prettier-ignore
  ]
}
