import { expect, it } from 'vitest'
import { SessionOrigin } from './session-origin.ts'

it('a leg that moved to other ports sees one session whose version rises (RFC 3264 8)', () => {
  const origin = SessionOrigin.after('v=0\r\no=- 4711 3 IN IP4 192.0.2.1\r\ns=-\r\n')
  expect(origin?.continue('v=0\r\no=- 9 1 IN IP4 192.0.2.1\r\ns=-\r\n')).toBe('v=0\r\no=- 4711 4 IN IP4 192.0.2.1\r\ns=-\r\n')
  expect(origin?.continue('v=0\r\no=- 9 1 IN IP4 192.0.2.1\r\n')).toContain('o=- 4711 5 IN')
})

it('what has no origin cannot be continued', () => {
  expect(SessionOrigin.after(undefined)).toBeUndefined()
  expect(SessionOrigin.after('v=0\r\n')).toBeUndefined()
})
