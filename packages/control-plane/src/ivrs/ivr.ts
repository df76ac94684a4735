import type { ObjectReference } from '../account-objects/index.ts'
import { type CallDestination, destinationReferences } from '../call-destinations/index.ts'

/** The kinds of component of a menu tree (public-spec section 11). */
export const COMPONENT_TYPES = [
  'INCOMING', 'MENU', 'DTMF', 'MENU_FAILURE', 'DIRECTORY', 'GROUP', 'USER', 'LINE_HUNTGROUP', 'SCHEDULE', 'SCHEDULE_RULE_COMPONENT', 'FORWARD', 'HANGUP',
  // Ours besides: anything else a call can go to, such as a queue, a paging group, a voicemail box (S0-49, S0-51).
  'DESTINATION',
] as const // prettier-ignore

export const RING_TYPES = ['SIMULTANEOUS', 'SEQUENTIAL', 'SINGLE_DEVICE_FROM_GROUP'] as const
export const GROUP_TYPES = ['USER', 'DEVICE'] as const
export const DIRECTORY_DIAL_TYPES = ['NAME', 'EXTENSION'] as const
export const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const

/** Times of a day in the account's time zone, `HH:mm`. */
export interface TimeSpan {
  readonly startTime: string
  readonly endTime: string
}

export type WeeklyHours = Readonly<Partial<Record<(typeof WEEKDAYS)[number], TimeSpan>>>

/** One component of the tree; which members it has depends on its type, and `componentProblems` has the rules. */
export interface IvrComponent {
  readonly id: string
  readonly type: (typeof COMPONENT_TYPES)[number]
  readonly name?: string | undefined
  readonly left?: string | undefined
  readonly top?: string | undefined
  /** MENU */
  readonly initPromptId?: string | undefined
  readonly initPromptText?: string | undefined
  readonly allowBargeInDuringInitPrompt?: boolean | undefined
  readonly menuPromptId?: string | undefined
  readonly menuPromptText?: string | undefined
  readonly menuRepeatDelay?: number | undefined
  readonly dtmf?: readonly IvrComponent[] | undefined
  readonly failure?: IvrComponent | undefined
  /** DTMF */
  readonly digit?: string | undefined
  /** MENU_FAILURE */
  readonly menuTimeout?: number | undefined
  readonly invalidSelectionPrompt?: string | undefined
  readonly maxInvalidSelections?: number | undefined
  /** DIRECTORY */
  readonly introPrompt?: string | undefined
  readonly directoryDialType?: (typeof DIRECTORY_DIAL_TYPES)[number] | undefined
  /** GROUP */
  readonly routedToList?: readonly { readonly id: string; readonly timeoutSeconds: number }[] | undefined
  readonly ringType?: (typeof RING_TYPES)[number] | undefined
  readonly groupType?: (typeof GROUP_TYPES)[number] | undefined
  readonly timeoutSeconds?: number | undefined
  readonly timeoutComponentId?: string | undefined
  /** USER */
  readonly userId?: string | undefined
  readonly sendDirectlyToVoicemail?: boolean | undefined
  /** LINE_HUNTGROUP */
  readonly lineHuntGroupId?: string | undefined
  /** SCHEDULE, SCHEDULE_RULE_COMPONENT */
  readonly scheduleComponent?: readonly IvrComponent[] | undefined
  readonly weekly?: Readonly<Record<string, WeeklyHours>> | undefined
  readonly custom?: (TimeSpan & { readonly date: string }) | undefined
  /** FORWARD */
  readonly toNumber?: string | undefined
  /** DESTINATION */
  readonly destination?: CallDestination | undefined
  /** HANGUP */
  readonly goodBye?: string | undefined
}

/** From one component to the next: what happens after it. */
export interface IvrMapping {
  readonly fromIvrComponentId: string
  readonly toIvrComponentId: string
}

export interface Ivr {
  readonly name: string
  readonly top?: string | undefined
  readonly left?: string | undefined
  readonly fixedPosition?: boolean | undefined
  readonly ivrComponents: readonly IvrComponent[]
  readonly ivrComponentMappings: readonly IvrMapping[]
}

/** A component with those inside it: choices of a menu, rules of a schedule. */
export function componentsOf(ivr: Pick<Ivr, 'ivrComponents'>): readonly IvrComponent[] {
  const inside = (component: IvrComponent): readonly IvrComponent[] => [
    component,
    ...(component.dtmf ?? []).flatMap(inside),
    ...(component.failure === undefined ? [] : inside(component.failure)),
    ...(component.scheduleComponent ?? []).flatMap(inside),
  ]
  return ivr.ivrComponents.flatMap(inside)
}

/** Everything of the account that the menus lead to or play. */
export function referencesOf(ivr: Ivr): readonly ObjectReference[] {
  return componentsOf(ivr).flatMap((component) => [...targetsOf(component), ...promptsOf(component)])
}

function targetsOf(component: IvrComponent): readonly ObjectReference[] {
  switch (component.type) {
    case 'USER':
      return component.userId === undefined ? [] : [{ role: 'destination', type: 'END_USER', id: component.userId }]
    case 'GROUP': {
      const type = component.groupType === 'DEVICE' ? 'LINE_APPEARANCE' : 'END_USER'
      return (component.routedToList ?? []).map(({ id }) => ({ role: 'member', type, id }))
    }
    case 'LINE_HUNTGROUP':
      return component.lineHuntGroupId === undefined
        ? []
        : [{ role: 'destination', type: 'BUSINESS_LINE_HUNT_GROUP', orTypes: ['HUNT_GROUP'], id: component.lineHuntGroupId }]
    case 'DESTINATION':
      return destinationReferences('destination', component.destination)
    default:
      return []
  }
}

function promptsOf(component: IvrComponent): readonly ObjectReference[] {
  const ids = [component.initPromptId, component.menuPromptId, component.invalidSelectionPrompt, component.introPrompt, component.goodBye]
  return ids.flatMap((id) => (id === undefined || isSystemPrompt(id) ? [] : [{ role: 'prompt', type: 'MEDIA', id } as const]))
}

/** Prompts that the platform brings, by their fixed names; no prompt at all is the empty name. */
export function isSystemPrompt(id: string): boolean {
  return id === '' || id.startsWith('system-')
}
