import type { SipRequest } from '../message/index.ts'

/**
 * Whether the sender of a request takes a body of this type (RFC 3261 20.1): without Accept it takes what is usual, with an empty one nothing.
 * @param mediaType `type/subtype`, lower case
 */
export function acceptsType(request: SipRequest, mediaType: string): boolean {
  if (request.header('accept') === undefined) return true
  const anySubtype = `${mediaType.slice(0, mediaType.indexOf('/'))}/*`
  return request.headers('accept').some((range) => {
    const asked = (range.split(';', 1)[0] ?? '').trim().toLowerCase()
    return asked === mediaType || asked === anySubtype || asked === '*/*'
  })
}
