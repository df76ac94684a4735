import type { CallTarget } from './account-services.ts'
import type { DirectoryEntry, RoutingMenu } from './menu.ts'
import type { AgentDuty, RoutingQueue } from './queue.ts'
import type { PageType } from './paging-group.ts'
import type { RoutingParkingSpot } from './parking.ts'
import type { SettingChange } from './dial-plan/setting-change.ts'
import type { LastCaller, OtherCall } from './taken-call.ts'
import type { RoutingSupervision, SupervisedCall } from './supervision.ts'

/** What the platform itself does with a caller it answers. A closed list: each kind is played by one program of the switch. */
export type ServiceOrder =
  /** A message for the box; `reason` chooses the greeting. */
  | { readonly kind: 'voicemail-deposit'; readonly boxId: string; readonly reason: 'busy' | 'no-answer' | 'unregistered' | 'direct' }
  /** The owner listens to messages; `boxId` undefined: the caller says which box. `skipsPin`: the phone that asks is the owner's own. */
  | { readonly kind: 'voicemail-retrieval'; readonly boxId: string | undefined; readonly skipsPin: boolean }
  /** A forward of a hunt group is switched on or off; `forwardTo`: its number from now on. The caller hears which. */
  | { readonly kind: 'switch-forward'; readonly configurationId: string; readonly isOn: boolean; readonly forwardTo: string | undefined }
  /** An agent logs in to queues, out, or pauses: `agentIds` are the user and the line that dial. The caller hears that it is done. */
  | { readonly kind: 'switch-agent'; readonly queueIds: readonly string[]; readonly agentIds: readonly string[]; readonly duty: AgentDuty }
  /** A setting of the user or the account is changed by a code. A forward that is switched on without a number asks for it. */
  | { readonly kind: 'switch-setting'; readonly userId: string; readonly change: SettingChange }
  /** The last call to the user is put on record. */
  | { readonly kind: 'trace-call'; readonly userId: string; readonly last: LastCaller }
  /** A menu tree of the account; `rulesInForce`: of its schedules, now, those of the date first. */
  | { readonly kind: 'menu'; readonly menu: RoutingMenu; readonly rulesInForce: readonly string[]; readonly directory: readonly DirectoryEntry[] }
  /** The caller waits in a line until one of `agents` is free. */
  | { readonly kind: 'queue'; readonly queue: RoutingQueue; readonly agents: CallTarget }
  /** The caller talks to all who are in the room. Its PIN is not told with it: orders are shown to whoever asks why a call went as it did. */
  | { readonly kind: 'conference'; readonly conferenceRoomId: string }
  /** The platform is the fax machine of a line; what it receives goes out as mail. */
  | { readonly kind: 'fax'; readonly faxLineId: string; readonly name: string }
  /** A supervisor is with a call that goes on. */
  | ({ readonly kind: 'supervise' } & SupervisedCall & RoutingSupervision)
  /** The caller speaks to these phones, which answer by themselves. */
  | { readonly kind: 'page'; readonly pagingGroupId: string; readonly pageType: PageType; readonly lineIds: readonly string[] }
  /** The caller waits at a spot until it is fetched; `returnTo`: who is rung when nobody does. */
  | { readonly kind: 'park'; readonly spot: RoutingParkingSpot; readonly returnTo: CallTarget | undefined }
  /** The other party of another call of the caller's line goes to a spot; the caller hears which. */
  | { readonly kind: 'park-other'; readonly spot: RoutingParkingSpot; readonly call: OtherCall }
  /** Words, then the call ends or goes on. `isAnswered` false: heard as early media, and the call is not charged. */
  | {
      readonly kind: 'announcement'
      readonly promptId: string
      readonly isAnswered: boolean
      readonly next: CallTarget | undefined
      readonly refusal?: Refusal
    }

/** How a call ends that was told why; without one it is `DestinationNotAvailable`. */
export type Refusal = 'AnonymousRejected' | 'CallerBlocked'
