import type { Pairs } from './furnished-pairs.ts'
import { ADDRESSES, LISTINGS, RECORDS } from './written-records.ts'
import { A, both, P, type WrittenThing } from './written-thing.ts'

const handling = (type: string, number: string, words: string) => ({ type, forwardToNumber: number, description: words })
const callHandling = (p: Pairs) => [
  {
    callWaitingEnabled: false,
    doNotDisturbEnabled: true,
    callHandlingOptionType: 'SimultaneousRing',
    forwardAlwaysToNumber: '18015550101',
    forwardAlwaysToNumberDescription: 'to the office',
    ringPhoneCallHandling: { busyCallHandling: handling('Forward', '18015550102', 'busy'), noAnswerCallHandling: { ...handling('Forward', '18015550103', 'no answer'), timeout: 31 }, unregisteredCallHandling: handling('Forward', '18015550104', 'away') }, // prettier-ignore
    simultaneousRingCallHandling: {
      forwardToNumberList: ['18015550105'],
      forwardToTimedNumberList: [{ toNumber: '18015550105', ringDelay: 3, ringDuration: 11, continueOnBusy: true, confirmAnswer: true }],
      noAnswerCallHandling: { ...handling('Forward', '18015550106', 'none'), timeout: 33 },
      continueOnBusy: true,
      confirmAnswer: true,
    },
    findMeFollowMeCallHandling: {
      findMeEndpoints: [
        { ringUserDevice: true, description: 'own phone', timeout: 12, continueOnBusy: true, confirmAnswer: true },
        { toNumber: '18015550107', description: 'mobile', timeout: 13, continueOnBusy: true, confirmAnswer: true },
        { toUserId: p.userB, description: 'colleague', timeout: 14, continueOnBusy: false, confirmAnswer: false },
      ],
      timeoutType: 'Busy',
    },
  },
  {
    callWaitingEnabled: true,
    doNotDisturbEnabled: false,
    callHandlingOptionType: 'FindMeFollowMe',
    forwardAlwaysToNumber: '18015550111',
    forwardAlwaysToNumberDescription: 'to the shop',
    ringPhoneCallHandling: { busyCallHandling: handling('Voicemail', '18015550112', 'busy 2'), noAnswerCallHandling: { ...handling('Voicemail', '18015550113', 'no answer 2'), timeout: 32 }, unregisteredCallHandling: handling('Voicemail', '18015550114', 'away 2') }, // prettier-ignore
    simultaneousRingCallHandling: {
      forwardToNumberList: ['18015550115'],
      forwardToTimedNumberList: [{ toNumber: '18015550115', ringDelay: 4, ringDuration: 12, continueOnBusy: false, confirmAnswer: false }],
      noAnswerCallHandling: { ...handling('Voicemail', '18015550116', 'none 2'), timeout: 34 },
      continueOnBusy: false,
      confirmAnswer: false,
    },
    findMeFollowMeCallHandling: {
      findMeEndpoints: [
        { ringUserDevice: true, description: 'own phone 2', timeout: 15, continueOnBusy: false, confirmAnswer: false },
        { toUserId: p.userC, description: 'colleague 2', timeout: 17, continueOnBusy: false, confirmAnswer: false },
      ],
      timeoutType: 'Voicemail',
    },
  },
]
const SCREENING = [
  { anonymousCallScreen: 'Block', anonymousRingType: 'Ring1', tollFreeCallScreen: 'Voicemail', tollFreeRingType: 'Ring2', defaultCallScreen: 'Forward', defaultRingType: 'Ring3', customCallScreenList: [{ telephoneNumber: '18015550121', blockType: 'VipRing', ringType: 'Ring4' }], forwardTn: '18015550122' }, // prettier-ignore
  { anonymousCallScreen: 'Forward', anonymousRingType: 'Ring4', tollFreeCallScreen: 'Block', tollFreeRingType: 'Ring5', defaultCallScreen: 'Voicemail', defaultRingType: 'Ring6', customCallScreenList: [{ telephoneNumber: '18015550123', blockType: 'Block', ringType: 'Ring7' }], forwardTn: '18015550124' }, // prettier-ignore
] as const

export function writtenPeople(p: Pairs): readonly WrittenThing[] {
  const [handlingA = {}, handlingB = {}] = callHandling(p)
  const { ids } = p
  const weekly = (type: string, day: string, startTime: string) => ({ name: `Night ${day}`, type, weekly: { US: { [day]: { startTime, endTime: '23:00' } } }, custom: [{ date: '2026-12-24', startTime: '09:00', endTime: '10:00' }] }) // prettier-ignore
  const account = (turn: number) => ({ accountNumber: `ACC-W${turn}`, accountName: `Written ${turn}`, accountType: 'ADVANCED', platformType: turn === 1 ? 'V2_1' : 'V2_0', extensionLength: 5, billingCycleDay: 8 + turn, dialingBehaviorType: turn === 1 ? 'TEN_DIGIT' : 'OPEN_DIAL_PLAN', regulatoryType: turn === 1 ? 'GOVERNMENT' : 'COMMERCIAL', timeZone: turn === 1 ? 'US/Eastern' : 'US/Pacific', customField: `blue ${turn}`, holdTimeoutSeconds: 98 + turn, allowDangerousExtensions: turn === 1, sendWelcomeEmail: turn === 2, languageTag: turn === 1 ? 'fr-CA' : 'es-MX', products: turn === 1 ? ['BCC', 'SIP_TRUNKS'] : ['BCC', 'BUSINESS_LINES'], callScreeningSettings: SCREENING[turn - 1], inboundRatePlanProductId: ids['ratePlanId'], domain: `w${turn}.example.com`, status: turn === 1 ? 'SUSPENDED' : 'DISABLED', name: `Written ${turn}`, address: { street: `${turn} Main` } }) // prettier-ignore
  const user = (turn: number) => ({ firstName: `Jim${turn}`, lastName: `Dow${turn}`, username: `jim${turn}.dow@example.com`, emailAddress: `jim${turn}@example.com`, languageTag: turn === 1 ? 'es-MX' : 'fr-CA', timeZone: turn === 1 ? 'US/Pacific' : 'US/Eastern', extension: `405${turn}`, endUserType: turn === 1 ? 'STANDARD_ADMIN' : 'SUPER_ADMIN', userProductPlan: turn === 1 ? 'PROFESSIONAL' : 'ADVANCED', allowPortalAccess: turn === 1, blockEmail: turn === 1, callerIdConfig: { callerIdNumber: p.numbers[turn - 1], externalCallerIdVisible: turn === 1, extensionCallerIdVisible: turn === 2 }, callHandlingSettings: turn === 1 ? handlingA : handlingB, callScreeningSettings: SCREENING[turn - 1], callHandlingSchedules: [{ schedule: weekly(turn === 1 ? 'WEEKLY' : 'CUSTOM', turn === 1 ? 'MON' : 'TUE', '08:00'), callHandling: turn === 1 ? handlingB : handlingA }], tags: turn === 1 ? 'a,b' : 'c', softphoneClientType: turn === 1 ? 'CYMBUS' : 'STRETTO', mediaFriends: { enabled: turn === 1, host: `h${turn}.example.com`, toNumber: `123${turn}` }, group: { id: turn === 1 ? p.userGroupA : p.userGroupB }, voicemailBoxId: turn === 1 ? p.box : ids['primaryBoxId'] }) // prettier-ignore
  const screeningPut = { at: `${A}/enduser/{userId}/callscreening`, bodies: SCREENING }
  const forward = (turn: number, digit: number) => ({ enabled: turn === 1, forwardToNumber: `180155501${digit}${turn}` })
  return [
    {
      at: A,
      madeAt: `${P}/account`,
      idName: 'accountId',
      bodies: [account(1), account(2)],
      otherwise: {
        extensionLength: 'stays',
        name: 'another word for accountName',
        accountName: 'as name',
        accountType: 'one type in both',
        inboundRatePlanProductId: 'there is one',
      },
      words: { name: 'accountName' },
      stay: ['accountNumber', 'products', 'status'],
    },
    { at: `${P}/fraud-guard`, bodies: [{ maxConcurrentCalls: 7, maxCallsPerMinute: 8, maxSpendPerDay: '9.5', highRiskPrefixes: ['44'], endsRunningCalls: true, notifyEmails: ['a@example.com'] }, { maxConcurrentCalls: 17, maxCallsPerMinute: 18, maxSpendPerDay: '19.5', highRiskPrefixes: ['45', '46'], endsRunningCalls: false, notifyEmails: ['b@example.com'] }] }, // prettier-ignore
    { at: `${A}/fraud-guard`, bodies: [{ maxConcurrentCalls: 7, maxCallsPerMinute: 8, maxSpendPerDay: '9.5', highRiskPrefixes: ['44'], endsRunningCalls: true, notifyEmails: ['a@example.com'] }, { maxConcurrentCalls: 17, maxCallsPerMinute: 18, maxSpendPerDay: '19.5', highRiskPrefixes: ['45', '46'], endsRunningCalls: false, notifyEmails: ['b@example.com'] }] }, // prettier-ignore
    {
      at: `${A}/user/{userId}`,
      madeAt: `${A}/user`,
      idName: 'userId',
      bodies: [user(1), user(2)],
      otherwise: { 'callerIdConfig.callerIdNumberReservationId': 'until the number is there', newCppId: 'what to do', pinLockedOut: 'only opened' },
      stay: ['languageTag', 'timeZone', 'voicemailBoxId'],
    },
    { at: `${A}/enduser/{userId}/voicemail`, bodies: [{ enabled: true, noAnswerTimeoutSeconds: 41, voicemailBoxId: p.box, pinLockedOut: true }, { enabled: false, noAnswerTimeoutSeconds: 42, voicemailBoxId: ids['voicemailBoxId'], pinLockedOut: false }], otherwise: { pinLockedOut: 'only opened' }, stay: ['noAnswerTimeoutSeconds', 'voicemailBoxId'] }, // prettier-ignore
    { at: `${A}/enduser/{userId}/callforwarding`, bodies: both((turn) => ({ always: forward(turn, 3), busy: forward(turn, 4), noAnswer: { ...forward(turn, 5), timeoutSeconds: 20 + turn }, unregistered: forward(turn, 6) })), stay: ['always', 'busy', 'noAnswer', 'unregistered'] }, // prettier-ignore
    screeningPut,
    { at: `${A}/enduser/{userId}/features`, bodies: [{ callWaiting: true, doNotDisturb: true, callForwarding: false, voicemail: true }, { callWaiting: false, doNotDisturb: false, callForwarding: false, voicemail: false }], otherwise: { findMeFollowMe: 'with a list of places alone', simultaneousRing: 'with a list of numbers alone', callForwarding: 'switched off alone' }, stay: ['callWaiting', 'doNotDisturb', 'voicemail'] }, // prettier-ignore
    { at: `${A}/accountuser/{userId}`, madeAt: `${A}/accountuser`, idName: 'userId', bodies: both((turn) => ({ username: `written-admin${turn}`, firstName: `Ad${turn}`, lastName: `Min${turn}`, languageTag: turn === 1 ? 'fr-CA' : 'es-MX', emailAddress: `wadmin${turn}@example.com`, subDomain: `sub${turn}`, roles: [turn === 1 ? p.roleC : p.roleD]})), otherwise: { password: 'a secret', roles: 'read by their names' } }, // prettier-ignore
    { at: `${P}/managementuser/{id}`, madeAt: `${P}/managementuser`, idName: 'id', bodies: both((turn) => ({ username: `written${turn}@example.com`, firstName: `Op${turn}`, lastName: `Erator${turn}`, languageTag: turn === 1 ? 'fr-CA' : 'en-US', roles: [turn === 1 ? ids['securityId'] : p.roleB], groupIds: [turn === 1 ? ids['securityId'] : p.roleB]})), otherwise: { password: 'a secret', roles: 'read by their names', groupIds: 'another word for roles' }, follow: { username: ['emailAddress'] } }, // prettier-ignore
    { at: `${A}/call-recording-settings`, bodies: [{ mode: 'SELECTED', userIds: [p.userB], announce: true, retentionDays: 31, rules: [{ type: 'END_USER', id: p.userC, record: 'ALWAYS' }], keys: true, beep: true }, { mode: 'ALL', userIds: [p.userC], announce: false, retentionDays: 32, rules: [{ type: 'BUSINESS_LINE', id: p.lineB, record: 'NEVER' }], keys: false, beep: false }] }, // prettier-ignore
    {
      at: `${A}/call-supervision`,
      bodies: [
        { enabled: true, modes: ['LISTEN'], notice: 'TONE' },
        { enabled: false, modes: ['WHISPER', 'BARGE'], notice: 'PROMPT' },
      ],
    },
    { at: `${A}/emergency-notification`, bodies: both((turn) => ({ emailRecipients: [`e${turn}@example.com`], smsRecipients: [`1801555013${turn}`], webhookUrls: [`https://example.com/e${turn}`], })), otherwise: { emails: 'another word for emailRecipients', sms: 'another word for smsRecipients', webhooks: 'another word for webhookUrls' } }, // prettier-ignore
    { at: `${A}/emergency-notifications/groups/{type}/{groupId}`, ids: { sipTrunkGroupId: ids['accountId'] ?? '' }, bodies: both((turn) => ({ id: ids['accountId'], type: 'ACCOUNT', name: 'x', compliance: { installDate: `2026-11-0${turn}T00:00:00Z`, usingAlternativeSolution: turn === 1, emailRecipients: [`g${turn}@example.com`], smsRecipients: [`1801555015${turn}`], webhookUrls: [`https://example.com/g${turn}`], inCompliance: turn === 1 }, timeZoneId: turn === 1 ? 'US/Eastern' : 'US/Pacific' })), otherwise: { 'compliance.installDate': 'read as a moment', 'compliance.inCompliance': 'follows from the others', id: 'in the path', type: 'in the path', name: 'of the account', timeZoneId: 'of the account' } }, // prettier-ignore
    {
      at: `${A}/vfax/outbound`,
      bodies: [
        { enabled: true, callerId: p.numbers[0] },
        { enabled: false, callerId: p.numbers[1] },
      ],
    },

    { at: `${A}/telephonenumber/{tn}`, ids: { number: p.numbers[3] ?? '' }, bodies: both((turn) => ({ referenceType: turn === 1 ? 'END_USER' : 'SIP_TRUNK_GROUP', referenceId: turn === 1 ? p.userB : p.trunkGroupB, assignAsCallerId: false, operationalStatus: turn === 1 ? 'ACTIVE' : 'STAGED', ringType: turn === 1 ? 'Ring3' : 'Ring4', canAcceptSMS: turn === 1, servicePackageType: turn === 1 ? 'Usage' : 'PrimaryLocalFlatRate', customerServiceRecord: RECORDS[turn - 1], directoryListing: LISTINGS[turn - 1], e911Address: { ...ADDRESSES[turn - 1] } })), otherwise: { 'customerServiceRecord.id': 'of nothing', 'e911Address.id': 'of nothing', 'directoryListing.address.id': 'of nothing', assignAsCallerId: 'of a user' }, stay: ['referenceType', 'referenceId', 'operationalStatus', 'ringType', 'canAcceptSMS', 'servicePackageType', 'customerServiceRecord', 'directoryListing', 'e911Address'], together: ['referenceType', 'referenceId'] }, // prettier-ignore
    { at: `${P}/telephone-number/{tn}`, ids: { number: p.numbers[3] ?? '' }, bodies: both((turn) => ({ callerIdName: turn === 1 ? 'SMITH' : 'JONES', e911Address: ADDRESSES[turn - 1], directoryListing: LISTINGS[turn - 1] })), otherwise: { e911Address: 'read as e911, in one line', 'directoryListing.type': 'of the other spelling', 'directoryListing.address': 'read in one line' }, stay: ['callerIdName', 'directoryListing'] }, // prettier-ignore
  ]
}
