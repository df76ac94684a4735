/** One phone that is to hear the page. */
export interface PageLeg {
  readonly id: string
  readonly lineId: string
  readonly phase: 'ringing' | 'hearing' | 'over'
}

export interface PageState {
  /** gathering: nobody speaks yet; live: who speaks is heard; over: nothing is left of it. */
  readonly phase: 'gathering' | 'live' | 'over'
  /** Who speaks waits for no further phone. */
  readonly isImpatient: boolean
  readonly legs: readonly PageLeg[]
}

export type PageEvent =
  | { readonly type: 'answered'; readonly legId: string }
  /** It refused, or hung up. */
  | { readonly type: 'gone'; readonly legId: string }
  /** A higher page takes the phone. */
  | { readonly type: 'taken'; readonly lineId: string }
  /** So long somebody who wants to speak waits for phones. */
  | { readonly type: 'patienceOver' }
  /** Who has not answered by now is left out. */
  | { readonly type: 'windowOver' }
  | { readonly type: 'pagerLeft' }

export type PageEffect =
  /** The phone hears the page from now on. */
  | { readonly type: 'letHear'; readonly legId: string }
  /** CANCEL or BYE. */
  | { readonly type: 'hangUp'; readonly legId: string }
  | { readonly type: 'goLive' }
  /** Once, when nobody is left to speak to. */
  | { readonly type: 'over' }

export interface PageStep {
  readonly state: PageState
  readonly effects: readonly PageEffect[]
}

export function startPage(legs: readonly Pick<PageLeg, 'id' | 'lineId'>[]): PageStep {
  const state: PageState = { phase: 'gathering', isImpatient: false, legs: legs.map((leg) => ({ ...leg, phase: 'ringing' })) }
  return settle({ state, effects: [] })
}

/** One thing that happens to a page. Pure: the same state and event always give the same state and effects. */
export function stepPage(state: PageState, event: PageEvent): PageStep {
  switch (event.type) {
    case 'answered':
      return onAnswered(state, event.legId)
    case 'gone':
      return settle({ state: withLegs(state, ({ id }) => id === event.legId), effects: [] })
    case 'taken':
      return settle(giveUp(state, (leg) => leg.lineId === event.lineId))
    case 'patienceOver':
      return settle({ state: { ...state, isImpatient: true }, effects: [] })
    case 'windowOver':
      return settle(giveUp(state, (leg) => leg.phase === 'ringing'))
    case 'pagerLeft': {
      const { state: left, effects } = giveUp(state, () => true)
      return { state: { ...left, phase: 'over' }, effects }
    }
  }
}

/** One that answers when it is given up already is hung up. */
function onAnswered(state: PageState, legId: string): PageStep {
  const leg = state.legs.find(({ id }) => id === legId)
  if (leg?.phase !== 'ringing' || state.phase === 'over') return { state, effects: leg?.phase === 'hearing' ? [] : [{ type: 'hangUp', legId }] }
  const legs = state.legs.map((one): PageLeg => (one === leg ? { ...one, phase: 'hearing' } : one))
  return settle({ state: { ...state, legs }, effects: [{ type: 'letHear', legId }] })
}

function giveUp(state: PageState, which: (leg: PageLeg) => boolean): PageStep {
  const left = state.legs.filter((leg) => leg.phase !== 'over' && which(leg))
  return { state: withLegs(state, (leg) => left.includes(leg)), effects: left.map(({ id }) => ({ type: 'hangUp', legId: id })) }
}

function withLegs(state: PageState, isOver: (leg: PageLeg) => boolean): PageState {
  return { ...state, legs: state.legs.map((leg) => (isOver(leg) ? { ...leg, phase: 'over' } : leg)) }
}

/** What follows: it goes live when all have answered, or as soon as one has when who speaks is impatient; it is over when nobody is left. */
function settle({ state, effects }: PageStep): PageStep {
  if (state.phase === 'over') return { state, effects }
  const ringing = state.legs.some(({ phase }) => phase === 'ringing')
  const hearing = state.legs.some(({ phase }) => phase === 'hearing')
  if (!ringing && !hearing) return { state: { ...state, phase: 'over' }, effects: [...effects, { type: 'over' }] }
  if (state.phase === 'gathering' && hearing && (!ringing || state.isImpatient))
    return { state: { ...state, phase: 'live' }, effects: [...effects, { type: 'goLive' }] }
  return { state, effects }
}
