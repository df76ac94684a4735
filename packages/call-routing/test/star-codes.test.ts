import { describe, expect, it } from 'vitest'
import { decideRoute, NO_SERVICES } from '../src/index.ts'
import type { CallsOfAccount, DialPlanRule, RouteDecision, RoutingSnapshot } from '../src/index.ts'
import { account, ANN_NUMBER, OUTSIDE_NUMBER, user } from './account-fixture.ts'

const spots = new Map(['701', '702'].map((spotNumber) => [`s${spotNumber}`, { id: `s${spotNumber}`, name: 'Spot', spotNumber, timeoutSeconds: 60, music: [] }]))
const boxes = new Map([['box', { id: 'box', name: 'Ann', language: 'en-US' }]])

function withRules(rules: readonly Partial<DialPlanRule>[] = [], changes: Partial<RoutingSnapshot> = {}): RoutingSnapshot {
  const nothing = { minEnding: undefined, maxEnding: undefined, callNumber: undefined, macro: undefined, callerId: undefined, callerNumber: undefined }
  const dialPlanRules = rules.map((rule) => ({ mask: '', action: '', ...nothing, ...rule }))
  return account({ changes: { services: { ...NO_SERVICES, voicemailBoxes: boxes, parkingSpots: spots, dialPlanRules }, ...changes } })
}

const calls: CallsOfAccount = {
  ringingAt: () => undefined,
  talkAt: () => undefined,
  parkedAt: (_account, spotId) => (spotId === 's702' ? { sessionId: 'parked' } : undefined),
  otherCallOf: () => ({ sessionId: 'held', side: 'caller' }),
  lastCallerOf: (lineIds) => (lineIds.includes('ann-desk') ? { number: OUTSIDE_NUMBER, anonymous: false, sessionId: 'last', atMs: 7 } : undefined),
}

function press(dialed: string, snapshot = withRules(), fromLineId = 'ann-desk', isByPhone = true): RouteDecision {
  const call = { direction: 'originating', fromLineId, dialed, isByPhone } as const
  return decideRoute(snapshot, { call, nowMs: 0, ownerOf: () => undefined, trail: [], calls })
}

const switches = (change: object) => ({ kind: 'serve', service: { kind: 'switch-setting', userId: 'ann', change } })
const forward = (when: string, isOn: boolean, to?: string) => switches({ setting: 'forward', when, isOn, to })
const screens = (callers: string, action: string, of = 'user') => switches({ setting: 'screening', of, callers, action })

describe('the codes of a partition that has set none (public-spec section 12)', () => {
  it.each([
    ['*7216075551212', forward('always', true, '16075551212')],
    ['*724002', forward('always', true, '4002')],
    ['*72', forward('always', true)],
    ['*73', forward('always', false)],
    ['*904002', forward('busy', true, '4002')],
    ['*91', forward('busy', false)],
    ['*924002', forward('no-answer', true, '4002')],
    ['*93', forward('no-answer', false)],
    ['*944002', forward('unregistered', true, '4002')],
    ['*95', forward('unregistered', false)],
    ['*78', switches({ setting: 'do-not-disturb', isOn: true })],
    ['*79', switches({ setting: 'do-not-disturb', isOn: false })],
    ['*43', switches({ setting: 'call-waiting', isOn: true })],
    ['*70', switches({ setting: 'call-waiting', isOn: false })],
    ['*704002', { kind: 'ring', lineIds: ['bob-desk'], disablesCallWaiting: true }],
    ['4002', expect.not.objectContaining({ disablesCallWaiting: true })],
    ['*77', screens('anonymous', 'BlockWithPrompt')],
    ['*87', screens('anonymous', 'Allow')],
    ['*64', screens('others', 'Block')],
    ['*84', screens('others', 'Allow')],
    ['*60', screens(OUTSIDE_NUMBER, 'Block')],
    ['*6018015559999', screens('18015559999', 'Block')],
    ['*618015559999', screens('18015559999', 'VipRing')],
    ['*63', screens(OUTSIDE_NUMBER, 'Forward')],
    ['*57', { kind: 'serve', service: { kind: 'trace-call', userId: 'ann', last: { sessionId: 'last' } } }],
    ['*69', { kind: 'carrier', number: OUTSIDE_NUMBER }],
    ['*98', { kind: 'serve', service: { kind: 'voicemail-retrieval', boxId: undefined } }],
    ['*68', { kind: 'serve', service: { kind: 'park-other', spot: { spotNumber: '701' } } }],
    ['*68701', { kind: 'serve', service: { kind: 'park-other', spot: { spotNumber: '701' } } }],
    ['*68702', { kind: 'reject', code: 'SpotTaken' }],
    ['*68799', { kind: 'reject', code: 'UnknownExtension' }],
    ['*88', { kind: 'take', from: { how: 'retrieve', sessionId: 'parked' } }],
    ['*88702', { kind: 'take', from: { how: 'retrieve', sessionId: 'parked' } }],
    ['*88701', { kind: 'reject', code: 'SpotEmpty' }],
    ['*72911', { kind: 'reject', code: 'NotAllowedByDialPlan' }],
    ['*72411', { kind: 'reject', code: 'NotAllowedByDialPlan' }],
    ['*734002', { kind: 'reject', code: 'UnknownFeatureCode' }],
    ['*60123', { kind: 'reject', code: 'NotAllowedByDialPlan' }],
    ['*10', { kind: 'reject', code: 'UnknownFeatureCode' }],
  ])('%s', (dialed, expected) => {
    expect(press(dialed)).toMatchObject(expected)
  })

  it('a transfer to *68 parks whoever is transferred', () => {
    expect(press('*68', undefined, undefined, false)).toMatchObject({ kind: 'serve', service: { kind: 'park', spot: { spotNumber: '701' } } })
  })

  it("a line that is nobody's has no settings, and nobody called it", () => {
    expect(press('*78', undefined, 'lobby')).toMatchObject({ kind: 'reject', code: 'FeatureNotAvailable', statusCode: 403 })
    for (const code of ['*69', '*57']) expect(press(code, undefined, 'lobby')).toMatchObject({ kind: 'reject', code: 'NobodyToCallBack' })
  })

  it('who leaves his number hidden is not called back, and never blocked by his number', () => {
    const hidden = { ...calls, lastCallerOf: () => ({ number: OUTSIDE_NUMBER, anonymous: true, sessionId: 'last', atMs: 7 }) }
    const dial = (dialed: string) =>
      decideRoute(withRules(), {
        call: { direction: 'originating', fromLineId: 'ann-desk', dialed },
        nowMs: 0,
        ownerOf: () => undefined,
        trail: [],
        calls: hidden,
      })
    expect(dial('*69')).toMatchObject({ kind: 'reject', code: 'NobodyToCallBack' })
    expect(dial('*60')).toMatchObject({ kind: 'reject', code: 'NotAllowedByDialPlan' })
    expect(dial('*57')).toMatchObject({ kind: 'serve', service: { kind: 'trace-call' } })
  })
})

describe('the rules of a partition', () => {
  it('stand in place of the usual codes; *67 and *82 stay what the law wants them to be (47 CFR 64.1601(b))', () => {
    const own = withRules([{ mask: '*21', action: 'DoNotDisturbEnable' }])
    expect(press('*21', own)).toMatchObject(switches({ setting: 'do-not-disturb', isOn: true }))
    expect(press('*78', own)).toMatchObject({ kind: 'reject', code: 'UnknownFeatureCode' })
    expect(press('*98', own)).toMatchObject({ kind: 'serve', service: { kind: 'voicemail-retrieval' } })
    expect(press(`*67${OUTSIDE_NUMBER}`, own)).toMatchObject({ kind: 'carrier', caller: { anonymous: true } })
  })

  it('the longest mask decides, x is any digit, and what follows has to be as long as the rule says', () => {
    const own = withRules([
      { mask: '*7', action: 'DoNotDisturbDisable', maxEnding: 8 },
      { mask: '*7x5', action: 'DoNotDisturbEnable', minEnding: 1, maxEnding: 2 },
    ])
    expect(press('*7251', own)).toMatchObject(switches({ setting: 'do-not-disturb', isOn: true }))
    for (const dialed of ['*725', '*725123', '*72']) expect(press(dialed, own)).toMatchObject(switches({ setting: 'do-not-disturb', isOn: false }))
  })

  it('one code for on and off switches a forward that is on off, and otherwise asks for the number', () => {
    const own = [{ mask: '*72', action: 'CallForwardingOnBusy' }]
    expect(press('*72', withRules(own))).toMatchObject(forward('busy', true))
    const before = withRules(own)
    const ann = before.users.get('ann') ?? user({ id: 'ann' })
    const forwarding = { ...ann, callHandling: { ...ann.callHandling, busy: { type: 'Forward', forwardToNumber: '4002' } as const } }
    expect(press('*72', { ...before, users: new Map([['ann', forwarding]]) })).toMatchObject(forward('busy', false))
  })

  it.each([
    [{ action: 'CallNonEmergencyServices' }, '311'],
    [{ action: 'CallPublicServices' }, '211'],
    [{ action: 'CallCanadaHealthServices' }, '811'],
    [{ action: 'CallOutboundNumber', callNumber: OUTSIDE_NUMBER }, OUTSIDE_NUMBER],
    [{ action: 'CallOutboundNumber', callNumber: '711' }, '711'],
    [{ action: 'CallCustomerServiceHuntGroup', callNumber: OUTSIDE_NUMBER }, OUTSIDE_NUMBER],
    [{ action: 'TranslateAndReapplyDialPlan', macro: '1607555{ending}', maxEnding: 4 }, OUTSIDE_NUMBER, '1212'],
  ])('%j calls %s', (rule, number, ending = '') => {
    expect(press(`*5${ending}`, withRules([{ mask: '*5', ...rule }]))).toMatchObject({ kind: 'carrier', number })
  })

  it('a number that hides the caller, or shows another number of the account, does so in this call', () => {
    const rule = { mask: '*5', action: 'CallOutboundNumber', callNumber: OUTSIDE_NUMBER }
    expect(press('*5', withRules([{ ...rule, callerId: 'hidden' }]))).toMatchObject({ caller: { anonymous: true } })
    expect(press('*5', withRules([{ ...rule, callerNumber: ANN_NUMBER, callerId: 'shown' }]), 'bob-desk')).toMatchObject({ caller: { number: ANN_NUMBER } })
    expect(press('*5', withRules([{ ...rule, callerNumber: OUTSIDE_NUMBER }]))).not.toMatchObject({ caller: { number: OUTSIDE_NUMBER } })
  })

  it('911 is never anything else, and what is translated to it is a call for help (47 CFR 9.16)', () => {
    const own = withRules([
      { mask: '9', action: 'DoNotDisturbEnable', maxEnding: 32 },
      { mask: '*9', action: 'TranslateAndReapplyDialPlan', macro: '911' },
      { mask: '*8', action: 'CallOutboundNumber', callNumber: '911' },
    ])
    for (const dialed of ['911', '933', '*9', '*8']) expect(press(dialed, own)).toMatchObject({ kind: 'emergency' })
  })

  it('rules that translate to each other end', () => {
    const own = withRules([
      { mask: '*1', action: 'TranslateAndReapplyDialPlan', macro: '*2' },
      { mask: '*2', action: 'TranslateAndReapplyDialPlan', macro: '*1' },
    ])
    expect(press('*1', own)).toMatchObject({ kind: 'reject' })
  })

  it('for the time of a call with *70 its caller is busy to others', () => {
    const call = { direction: 'originating', fromLineId: 'bob-desk', dialed: '4001' } as const
    const wantsNoSecondCall = (userId: string) => userId === 'ann'
    expect(decideRoute(withRules(), { call, nowMs: 0, ownerOf: () => undefined, trail: [], wantsNoSecondCall })).toMatchObject({
      kind: 'reject',
      code: 'UserBusy',
    })
  })

  it.each([
    'TranslateAndReapplyDialPlan', 'CallOutboundNumber', 'CallCustomerServiceHuntGroup', 'Callback', 'CallForwardingAlways', 'CallForwardingOnBusy', 'CallForwardingOnNoAnswer',
    'CallForwardingOnUnregistered', 'CallNonEmergencyServices', 'CallPublicServices', 'CallCanadaHealthServices', 'CallerIdBlockManage', 'EnterVoiceMail', 'DirectToVoicemail',
    'CallWaitingEnable', 'CallWaitingDisable', 'AnonymousCallRejectEnable', 'AnonymousCallRejectDisable', 'AnonymousCallRejectWithInterceptEnable',
    'AnonymousCallRejectWithInterceptDisable', 'SelectiveCallAcceptEnable', 'SelectiveCallAcceptDisable', 'SpecificCallerBlock', 'SpecificCallerBlockWithIntercept',
    'SpecificCallerAllow', 'SpecificCallerVipRing', 'SpecificCallerForwardEnable', 'AccountAnonymousCallRejectEnable', 'AccountAnonymousCallRejectDisable',
    'AccountAnonymousCallRejectWithInterceptEnable', 'AccountAnonymousCallRejectWithInterceptDisable', 'AccountSelectiveCallAcceptEnable', 'AccountSelectiveCallAcceptDisable',
    'AccountSpecificCallerBlock', 'AccountSpecificCallerAllow', 'AccountSpecificCallerBlockWithIntercept', 'DoNotDisturbEnable', 'DoNotDisturbDisable', 'PickupInDirectory', 'CallTrace',
    'ParkCall', 'ParkCallRetrieval', 'DirectedCallPickUp', 'GroupPickup', 'GroupForwarding', 'CallPull', 'GroupLoginLogout',
  ])('%s is known: of the 48 actions only ReservedForHuntGroup does nothing by itself', (action) => {
    expect(press('*5', withRules([{ mask: '*5', action, callNumber: OUTSIDE_NUMBER }]))).not.toMatchObject({ code: 'UnknownFeatureCode' })
    expect(press('*5', withRules([{ mask: '*5', action: 'ReservedForHuntGroup' }]))).toMatchObject({ code: 'UnknownFeatureCode' })
  }) // prettier-ignore

  it('GroupForwarding is refused in so many words', () => {
    expect(press('*5', withRules([{ mask: '*5', action: 'GroupForwarding' }]))).toMatchObject({ kind: 'reject', code: 'FeatureNotProvided', statusCode: 501 })
  })

  it('a box is opened by extension, and a message left there directly', () => {
    const before = withRules([{ mask: '*5', action: 'DirectToVoicemail' }, { mask: '*6', action: 'EnterVoiceMail' }]) // prettier-ignore
    const ann = before.users.get('ann') ?? user({ id: 'ann' })
    const own = { ...before, users: new Map([...before.users, ['ann', { ...ann, voicemailBoxId: 'box' }]]) }
    expect(press('*54001', own, 'bob-desk')).toMatchObject({ kind: 'serve', service: { kind: 'voicemail-deposit', boxId: 'box', reason: 'direct' } })
    for (const dialed of ['*6', '*64001']) expect(press(dialed, own)).toMatchObject({ kind: 'serve', service: { kind: 'voicemail-retrieval', boxId: 'box' } })
    expect(press('*54002', own)).toMatchObject({ kind: 'reject', code: 'DestinationNotAvailable' })
  })
})
