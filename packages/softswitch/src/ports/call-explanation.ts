import type { DecisionStep, RouteAttempt, RouteFacts, RouteVerdict, RoutingSnapshot } from '@dialtone/call-routing'
import type { AuthorizationRequest } from './call-authorizer.ts'

/** A call somebody asks about: whose account it begins in, what it is, and at what time. */
export interface ExplainQuestion {
  readonly accountId: string
  readonly call: RouteFacts['call']
  readonly atMs: number
  /** Decided on these instead of the present pictures of these accounts. Who is registered and what goes on stays that of now. */
  readonly past?: ReadonlyMap<string, RoutingSnapshot> | undefined
  /** Legs that whoever pays would be refused now, and with which code of call-failure.ts. */
  readonly refusals?: readonly (PaidLeg & { readonly code: string })[] | undefined
}

/** A leg that somebody is asked about before it begins: whose plan, whose fraud guard (S4-40). */
export interface PaidLeg extends Omit<AuthorizationRequest, 'reservationId' | 'sessionId' | 'atMs'> {
  /** Of who is called beside phones: since these began to ring. */
  readonly startsAfterMs?: number | undefined
  readonly ringsForMs?: number | undefined
  /** It may not begin, and how the caller hears it; undefined: nothing is against it. */
  readonly refusal?: { readonly code: string; readonly statusCode: number; readonly reasonPhrase: string } | undefined
}

/** One decision of the routing, as the switch takes it. */
export interface ExplainedDecision {
  readonly partitionId: string | undefined
  readonly accountId: string
  /** Of the picture of the account it was taken on; undefined: the switch knows no such account. */
  readonly accountVersion: number | undefined
  /** What had been tried when it was taken, the last one. */
  readonly after: RouteAttempt | undefined
  readonly steps: readonly DecisionStep[]
  readonly verdict: RouteVerdict
  /** What it leads to and somebody has to pay for; a leg that was refused is not called. */
  readonly paid?: readonly PaidLeg[] | undefined
}

/** Where the call goes: a phone that is registered, a carrier, a PSAP. */
export type ExplainedEndpoint =
  | { readonly kind: 'line'; readonly lineId: string; readonly contacts: readonly ExplainedContact[] }
  | { readonly kind: 'carrier' | 'psap'; readonly carrierId: string; readonly name: string | undefined; readonly told?: ToldCarrier | undefined }

/** What the carrier would be told: numbers as its rules write them, and by which of these, from 0. */
export interface ToldCarrier {
  readonly called: string
  readonly calledRule: number | undefined
  /** Undefined where nobody is shown. */
  readonly caller: string | undefined
  readonly callerRule: number | undefined
}

export interface ExplainedContact {
  /** Without its parameters. */
  readonly uri: string
  readonly transport: string
  readonly userAgent: string
  readonly expiresAtMs: number
}

/** What would come next if the destination said so. */
export interface ExplainedOutcome {
  /** `silent`: a carrier from which nothing comes at all; `overflow` of a queue, `component:<id>` of a menu: where the platform sends on who talks to it. */
  readonly after: RouteAttempt['outcome'] | 'silent' | 'overflow' | `component:${string}`
  /** The system prompt that the caller hears then, before he is hung up. */
  readonly prompt?: string | undefined
  /** Every further destination is taken to answer the same way. */
  readonly decisions: readonly ExplainedDecision[]
}

/** Why a call goes where it goes: the decisions of the switch, taken without a call. */
export interface CallExplanation {
  /** Up to the first destination that can be reached, or the final refusal. */
  readonly decisions: readonly ExplainedDecision[]
  /** Empty for a refusal and for what the platform takes itself. */
  readonly endpoints: readonly ExplainedEndpoint[]
  readonly next: readonly ExplainedOutcome[]
}
