import type { RoutingConferenceRoom } from './conference-room.ts'
import type { RoutingForwardCode } from './forward-code.ts'
import type { DialPlanRule } from './dial-plan/dial-plan-rule.ts'
import type { RoutingLineHandling } from './line-handling.ts'
import type { MenuSound, RoutingMenu } from './menu.ts'
import type { RoutingPagingGroup } from './paging-group.ts'
import type { RoutingPickupGroup } from './pickup-group.ts'
import type { RoutingParkingSpot } from './parking.ts'
import type { RoutingQueue } from './queue.ts'
import type { RoutingRingGroup } from './ring-group.ts'
import type { E164 } from '@dialtone/numbering'
import type { RoutingSupervision } from './supervision.ts'
import type { RoutingTrunkForwards, RoutingTrunkGroup } from './trunk-forwards.ts'

/** Somewhere a call can go on to, in the words numbers, menus and overflows use (C-39); the id is a number for TELEPHONE, '' for BUSY. */
export interface CallTarget {
  readonly referenceType: string
  readonly referenceId: string
}

/** A line that has dialed 911. */
export interface EmergencyCaller {
  readonly lineId: string
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly atMs: number
}

export interface RoutingVoicemailBox {
  readonly id: string
  readonly name: string
  /** `en-US`: what its prompts are spoken in. */
  readonly language: string
  /** Business lines whose own box it is; users name theirs. */
  readonly businessLineIds?: readonly string[] | undefined
  /** To phones of whoever owns it, without the PIN (`bypassVoicemailPINValidationFromDevice` of the partition). */
  readonly opensToOwnPhones?: boolean | undefined
}

/** ON_DEMAND: when somebody asks for it in the call. NEVER: not even then. */
export type RecordingRule = 'ALWAYS' | 'ON_DEMAND' | 'NEVER'
/** The platform receives faxes for it. */
export interface RoutingFaxLine {
  readonly id: string
  readonly name: string
}

/** Whose calls of an account are recorded. */
export interface RecordingPolicy {
  /** undefined: everybody's. */
  readonly userIds: readonly string[] | undefined
  /** Both parties are told before it begins. */
  readonly announces: boolean
  /** Of users, lines, groups, queues and numbers, by id. */
  readonly rules?: ReadonlyMap<string, RecordingRule>
  /** Whoever talks may start and stop it by keys. */
  readonly takesKeys?: true
  /** Both hear a beep now and then as long as it goes on. */
  readonly beeps?: true
}

/** What of an account takes calls besides its users, lines and numbers: one map a kind. */
export interface AccountServices {
  /** Extensions that are nobody's own: of groups, menus, queues. */
  readonly targetByExtension: ReadonlyMap<string, CallTarget>
  /** Hunt groups, those of business lines, and call groups, by id. */
  readonly ringGroups: ReadonlyMap<string, RoutingRingGroup>
  /** Extensions behind PBXs: the trunk's id by its pattern, such as `21XX` (S1-121). */
  readonly trunkIdByPattern: ReadonlyMap<string, string>
  /** Rules of customers' trunks, by trunk id. */
  readonly trunkForwards: ReadonlyMap<string, RoutingTrunkForwards>
  readonly trunkGroups: ReadonlyMap<string, RoutingTrunkGroup>
  /** Star codes of hunt groups, with their star. */
  readonly forwardCodes: ReadonlyMap<string, RoutingForwardCode>
  /** Of business lines, by line id. */
  readonly lineHandling: ReadonlyMap<string, RoutingLineHandling>
  /** Who has dialed 911 lately, by the number the PSAP calls back. */
  readonly emergenciesByNumber: ReadonlyMap<E164, readonly EmergencyCaller[]>
  /** Boxes that take messages, by id. */
  readonly voicemailBoxes: ReadonlyMap<string, RoutingVoicemailBox>
  /** Lines of waiting callers, by id. */
  readonly queues: ReadonlyMap<string, RoutingQueue>
  /** Rooms where callers talk to each other, by id. */
  readonly conferenceRooms: ReadonlyMap<string, RoutingConferenceRoom>
  /** Lines whose faxes come as mail, by id. */
  readonly faxLines: ReadonlyMap<string, RoutingFaxLine>
  /** Extensions that speak to many phones, by id. */
  readonly pagingGroups: ReadonlyMap<string, RoutingPagingGroup>
  /** Codes of the partition; empty: those of the NANP. */
  readonly dialPlanRules: readonly DialPlanRule[]
  readonly pickupGroups: readonly RoutingPickupGroup[]
  /** Where calls wait to be fetched, by id. */
  readonly parkingSpots: ReadonlyMap<string, RoutingParkingSpot>
  /** undefined: no call of the account is recorded. */
  readonly recording?: RecordingPolicy | undefined
  /** Undefined: nobody may listen to calls. */
  readonly supervision: RoutingSupervision | undefined
  /** What who is held hears; nothing: the music of the platform. `isBeep`: a beep now and then. */
  readonly holdMusic: { readonly sounds: readonly MenuSound[]; readonly isBeep: boolean }
  /** Menu trees, by id. */
  readonly menus: ReadonlyMap<string, RoutingMenu>
}

export const NO_SERVICES: AccountServices = {
  targetByExtension: new Map(),
  ringGroups: new Map(),
  trunkIdByPattern: new Map(),
  trunkForwards: new Map(),
  trunkGroups: new Map(),
  forwardCodes: new Map(),
  lineHandling: new Map(),
  emergenciesByNumber: new Map(),
  voicemailBoxes: new Map(),
  conferenceRooms: new Map(),
  faxLines: new Map(),
  pagingGroups: new Map(),
  dialPlanRules: [],
  pickupGroups: [],
  parkingSpots: new Map(),
  supervision: undefined,
  menus: new Map(),
  queues: new Map(),
  holdMusic: { sounds: [], isBeep: false },
}
