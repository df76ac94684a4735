import { describe, expect, it } from 'vitest'
import { parseMessage, type SipMessage } from '../message/index.ts'
import { ownerOf } from './message-owner.ts'
import { placeMark } from './shared-port.ts'

const COUNT = 4
const places = Array.from({ length: COUNT }, (_, place) => place)

interface Parts {
  readonly user?: string
  readonly toTag?: string
  readonly callId?: string
  readonly sequence?: number
}

function request(method: string, { user = 'alice', toTag, callId = 'c', sequence = 1 }: Parts): SipMessage {
  const lines = [
    `${method} sip:example.com SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${sequence}`,
    `From: <sip:${user}@example.com>;tag=f`,
    `To: <sip:${user}@example.com>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence} ${method}`,
  ]
  const parsed = parseMessage(Buffer.from(`${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`))
  if (!parsed.ok) throw new Error(parsed.error.reason)
  return parsed.value
}

describe('which of the stacks on a port has a message', () => {
  it('a REGISTER is where its address of record is, whatever tag, Call-ID or key-less thread it came with (RFC 3261 10.2, 10.3)', () => {
    const users = Array.from({ length: 40 }, (_, index) => `user${index}`)
    const ownerOfUser = (user: string): number | undefined => ownerOf(request('REGISTER', { user }), { count: COUNT })
    for (const user of users)
      for (const place of places) {
        const again = request('REGISTER', { user, toTag: `${placeMark(place)}tag`, callId: String(place), sequence: place + 2 })
        expect(ownerOf(again, { count: COUNT })).toBe(ownerOfUser(user))
      }
    expect(new Set(users.map(ownerOfUser)).size).toBe(COUNT)
  })

  it("any other request with a tag of ours is where the tag was made; without, or with a stranger's, where its Call-ID leads (RFC 3261 12.2.2)", () => {
    const byCallId = ownerOf(request('BYE', {}), { count: COUNT })
    for (const method of ['BYE', 'INVITE', 'SUBSCRIBE']) {
      expect(places.map((place) => ownerOf(request(method, { toTag: `${placeMark(place)}tag` }), { count: COUNT }))).toEqual(places)
      expect(
        ['~tag', `${placeMark(COUNT)}tag`, undefined].map((toTag) => ownerOf(request(method, toTag === undefined ? {} : { toTag }), { count: COUNT })),
      ).toEqual([byCallId, byCallId, byCallId])
    }
  })
})
