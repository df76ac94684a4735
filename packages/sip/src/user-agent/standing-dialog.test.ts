import { expect, it } from 'vitest'
import { standingDialogOf } from './standing-dialog.ts'

const dialog = {
  ...{ callId: 'c', localTag: 'l', remoteTag: 'r', localAddress: '<sip:l@test>;tag=l', remoteAddress: '<sip:r@test>;tag=r' },
  ...{ remoteTarget: 'sip:r@192.0.2.1', routeSet: [], localSequence: 1, remoteSequence: undefined },
}

it('keeps the way there and no names, and nobody whose WebSocket is not known (RFC 7118 5)', () => {
  const place = { address: '192.0.2.1', port: 5061, serverName: 'sip.example.com' }
  expect(standingDialogOf(dialog, { ...place, transport: 'tls', connectionId: '7', certificateNames: ['a'] })).toEqual({
    dialog,
    heardFrom: { transport: 'tls', address: '192.0.2.1', port: 5061, serverName: 'sip.example.com', connectionId: '7' },
  })
  for (const transport of ['ws', 'wss'] as const) expect(standingDialogOf(dialog, { ...place, transport })).toBeUndefined()
})
