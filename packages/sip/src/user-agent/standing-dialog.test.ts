import { expect, it } from 'vitest'
import { standingDialogOf } from './standing-dialog.ts'

const dialog = {
  ...{ callId: 'c', localTag: 'l', remoteTag: 'r', localAddress: '<sip:l@test>;tag=l', remoteAddress: '<sip:r@test>;tag=r' },
  ...{ remoteTarget: 'sip:r@192.0.2.1', routeSet: [], localSequence: 1, remoteSequence: undefined },
}

it('keeps the address and no connection, and nobody who is behind a WebSocket (RFC 7118 5)', () => {
  const heardFrom = { transport: 'tls', address: '192.0.2.1', port: 5061, serverName: 'sip.example.com', connectionId: '7', certificateNames: ['a'] } as const
  expect(standingDialogOf(dialog, heardFrom)).toEqual({
    dialog,
    heardFrom: { transport: 'tls', address: '192.0.2.1', port: 5061, serverName: 'sip.example.com' },
  })
  for (const transport of ['ws', 'wss'] as const) expect(standingDialogOf(dialog, { ...heardFrom, transport })).toBeUndefined()
})
