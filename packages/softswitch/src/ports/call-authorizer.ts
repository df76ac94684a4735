import type { CallCategory } from '@dialtone/call-routing'

/**
 * Says whether a call may begin, before a carrier hears of it, and how long it may last (S4-40). It answers from memory: calls wait
 * for no disk and no database. Emergency calls are never asked about (C-58).
 */
export interface CallAuthorizer {
  /**
   * Reserves what the call may use; asked again with the same id the newer reservation counts.
   * @param decided called once: at once when what decides is in this thread
   */
  authorize(request: AuthorizationRequest, decided: (authorization: CallAuthorization) => void): void
  /** More time for an answered call whose time is up. A reservation that is not known is not extended. */
  extend(reservationId: string, decided: (authorization: CallAuthorization) => void): void
  /** The call is over; what it did not use is free again. @param seconds from answer to hang-up; 0: it was not answered */
  settle(reservationId: string, seconds: number): void
}

export interface AuthorizationRequest {
  /** The id of the record that will be charged. */
  readonly reservationId: string
  readonly sessionId: string
  readonly partitionId: string
  readonly accountId: string
  /** Whose plan pays; neither: the account's. */
  readonly userId: string | undefined
  readonly lineId: string | undefined
  readonly callingNumber: string
  /** E.164 without +, or a short code. */
  readonly calledNumber: string
  readonly category: CallCategory
  /** Nobody of the account dialed it now: it was sent on by a setting, or by REFER. Both are outbound calls. */
  readonly sentOn: 'forwarded' | 'transferred' | undefined
  readonly atMs: number
}

export type CallAuthorization =
  | {
      readonly allowed: true
      /** Counted from the answer: then it is to be extended. undefined: nothing limits the call. */
      readonly maxSeconds: number | undefined
      /** Whose minutes are reserved. */
      readonly planId: string | undefined
      /** How long the call could get at most as things are now, from the answer, whatever is asked for. */
      readonly mostSeconds?: number | undefined
    }
  /** `code`: of call-failure.ts. */
  | { readonly allowed: false; readonly code: string }

/** For a switch that nobody pays for. */
export const EVERYTHING_ALLOWED: CallAuthorizer = {
  authorize: (_request, decided) => decided({ allowed: true, maxSeconds: undefined, planId: undefined }),
  extend: (_reservationId, decided) => decided({ allowed: true, maxSeconds: undefined, planId: undefined }),
  settle: () => undefined,
}
