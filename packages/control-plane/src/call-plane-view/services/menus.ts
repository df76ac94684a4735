import type { MenuHours, MenuSound, MenuStep, RoutingMenu, RoutingRingGroup } from '@dialtone/call-routing'
import type { Sql } from '../../database/index.ts'
import type { Ivr, IvrComponent } from '../../ivrs/index.ts'
import { usersOfAccount } from '../users-of-account.ts'
import { configuredAttributes } from './configured-attributes.ts'
import { mediaFiles, soundsOf } from './media-files.ts'
import type { ServiceReader } from './service-reader.ts'

const DEFAULT_RING_SECONDS = 20
const DEFAULT_REPEAT_SECONDS = 5
const DEFAULT_ATTEMPTS = 3

/** Menu trees of the account, ready to be walked. */
export const menus: ServiceReader = async (sql, accountId) => {
  const [ivrs, files, boxes] = await Promise.all([configuredAttributes<Ivr>(sql, accountId, 'IVR'), mediaFiles(sql, accountId), boxesOf(sql, accountId)])
  return { menus: new Map(ivrs.map(({ id, attributes: ivr }) => [id, menuOf(id, ivr, { files, boxes })])) }
}

/** The groups inside menus ring like those beside them. */
export async function menuGroups(sql: Sql, accountId: string): Promise<readonly RoutingRingGroup[]> {
  const ivrs = await configuredAttributes<Ivr>(sql, accountId, 'IVR')
  return ivrs.flatMap(({ id, attributes: ivr }) =>
    ivr.ivrComponents.filter((component) => component.type === 'GROUP').map((component) => groupOf(id, component)),
  )
}

interface Found {
  /** The files of recordings, by media id. */
  readonly files: ReadonlyMap<string, string>
  /** The boxes of users. */
  readonly boxes: ReadonlyMap<string, string>
}

async function boxesOf(sql: Sql, accountId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await usersOfAccount(sql, accountId)
  return new Map(rows.flatMap((row) => (row.voicemail_box_id === null ? [] : [[row.id, row.voicemail_box_id] as const])))
}

function menuOf(id: string, ivr: Ivr, found: Found): RoutingMenu {
  const entry = ivr.ivrComponents.find((component) => component.type === 'INCOMING')
  return {
    id,
    name: ivr.name,
    entryId: entry?.id ?? '',
    steps: Object.fromEntries(ivr.ivrComponents.map((component): [string, MenuStep] => [component.id, { id: component.id, ...stepOf(id, component, found) }])),
    next: Object.fromEntries(ivr.ivrComponentMappings.map(({ fromIvrComponentId, toIvrComponentId }) => [fromIvrComponentId, toIvrComponentId])),
  }
}

type Step<Kind = MenuStep> = Kind extends MenuStep ? Omit<Kind, 'id'> : never

function stepOf(ivrId: string, component: IvrComponent, found: Found): Step {
  const sounds = (mediaId: string | undefined): readonly MenuSound[] => soundsOf(mediaId, found.files)
  switch (component.type) {
    case 'MENU':
      return menuStepOf(component, sounds)
    case 'DIRECTORY':
      return {
        kind: 'directory',
        intro: sounds(component.introPrompt),
        invalid: sounds(component.invalidSelectionPrompt),
        by: component.directoryDialType ?? 'EXTENSION',
      }
    case 'GROUP':
      return {
        kind: 'ring',
        to: { referenceType: 'HUNT_GROUP', referenceId: groupIdOf(ivrId, component) },
        timeoutSeconds: ringSecondsOf(component),
        otherwise: component.timeoutComponentId,
      }
    case 'USER': {
      const userId = component.userId ?? ''
      const boxId = component.sendDirectlyToVoicemail === true ? found.boxes.get(userId) : undefined
      return { kind: 'go', to: boxId === undefined ? { referenceType: 'END_USER', referenceId: userId } : { referenceType: 'VOICEMAIL', referenceId: boxId } }
    }
    case 'LINE_HUNTGROUP':
      return { kind: 'go', to: { referenceType: 'LINE_HUNTGROUP', referenceId: component.lineHuntGroupId ?? '' } }
    case 'FORWARD':
      return { kind: 'go', to: { referenceType: 'TELEPHONE', referenceId: component.toNumber ?? '' } }
    case 'DESTINATION':
      return { kind: 'go', to: { referenceType: component.destination?.referenceType ?? 'BUSY', referenceId: component.destination?.referenceId ?? '' } }
    case 'SCHEDULE':
      return { kind: 'schedule', rules: (component.scheduleComponent ?? []).map((rule) => ({ id: rule.id, hours: hoursOf(rule) })) }
    case 'HANGUP':
      return { kind: 'hang-up', goodbye: sounds(component.goodBye) }
    default:
      return { kind: 'pass' }
  }
}

/** A recording says it better than the platform's voice. */
function recordedOrSpoken(recorded: readonly MenuSound[], text: string | undefined): readonly MenuSound[] {
  return recorded.length > 0 || text === undefined || text.trim() === '' ? recorded : [{ text }]
}

function menuStepOf(component: IvrComponent, sounds: (mediaId: string | undefined) => readonly MenuSound[]): Step {
  const { failure } = component
  return {
    kind: 'menu',
    greeting: recordedOrSpoken(sounds(component.initPromptId), component.initPromptText),
    isGreetingInterruptible: component.allowBargeInDuringInitPrompt !== false,
    prompt: recordedOrSpoken(sounds(component.menuPromptId), component.menuPromptText),
    repeatSeconds: component.menuRepeatDelay ?? DEFAULT_REPEAT_SECONDS,
    choices: Object.fromEntries((component.dtmf ?? []).flatMap(({ digit, id }) => (digit === undefined ? [] : [[digit, id]]))),
    failure: {
      id: failure?.id ?? '',
      timeoutSeconds: failure?.menuTimeout ?? DEFAULT_REPEAT_SECONDS,
      invalid: sounds(failure?.invalidSelectionPrompt),
      attempts: failure?.maxInvalidSelections ?? DEFAULT_ATTEMPTS,
    },
  }
}

function groupIdOf(ivrId: string, { id }: IvrComponent): string {
  return `${ivrId}/${id}`
}

function groupOf(ivrId: string, component: IvrComponent): RoutingRingGroup {
  const isAtOnce = component.ringType === 'SIMULTANEOUS'
  return {
    id: groupIdOf(ivrId, component),
    name: component.name ?? component.id,
    strategy: isAtOnce ? 'SIMULTANEOUS' : component.ringType === 'SEQUENTIAL' ? 'SEQUENTIAL' : 'ROUND_ROBIN',
    members: (component.routedToList ?? []).map(({ id, timeoutSeconds }) => ({
      kind: component.groupType === 'DEVICE' ? 'line' : 'user',
      id,
      ringTimeoutSeconds: timeoutSeconds,
    })),
    ringTimeoutSeconds: component.timeoutSeconds ?? DEFAULT_RING_SECONDS,
    forwardAlwaysTo: undefined,
    overflow: { busy: undefined, noAnswer: undefined, unregistered: undefined },
  }
}

/** One after the other they ring as long as all of them together. */
function ringSecondsOf(component: IvrComponent): number {
  const total = (component.routedToList ?? []).reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, 0)
  return component.ringType === 'SEQUENTIAL' ? Math.max(total, 1) : (component.timeoutSeconds ?? DEFAULT_RING_SECONDS)
}

function hoursOf(rule: IvrComponent): readonly MenuHours[] {
  const weekly = Object.values(rule.weekly ?? {}).flatMap((days) =>
    Object.entries(days).map(([day, { startTime, endTime }]) => ({ day, startSecond: secondOf(startTime), endSecond: secondOf(endTime) })),
  )
  if (rule.custom === undefined) return weekly
  const { date, startTime, endTime } = rule.custom
  return [...weekly, { date: date.slice(0, 'yyyy-MM-dd'.length), startSecond: secondOf(startTime), endSecond: secondOf(endTime) }]
}

/** Of `HH:mm` or `HH:mm:ss`. */
function secondOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  return hours * 3600 + minutes * 60 + seconds
}
