import type { SipRequest } from '../message/index.ts'

/** RFC 5393 5.3.3: the default of who says nothing is 60, but what is not said is not passed on either. @returns undefined when absent or no number */
export function maxBreadthOf(request: SipRequest): number | undefined {
  const value = request.header('max-breadth')
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined
}
