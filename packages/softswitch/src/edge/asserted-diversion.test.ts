import { createRequest } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'
import { describe, expect, it } from 'vitest'
import { assertedDiversion } from './asserted-diversion.ts'

const diversionOf = (...headers: readonly Header[]) => assertedDiversion(createRequest({ method: 'INVITE', uri: 'sip:+18015550101@host', headers }))

describe('assertedDiversion', () => {
  it.each([
    ['<sip:+12125550143@pstn>;reason=user-busy;counter=1', 'user-busy'],
    ['"Gran" <tel:+1-212-555-0143>;reason=No-Answer', 'no-answer'],
    ['<sip:+12125550143@pstn>;reason="unconditional", <sip:+12125550199@pstn>;reason=user-busy', 'unconditional'],
    ['<sip:+12125550143@pstn>;reason=because;privacy=off', 'unknown'],
    ['<sip:+12125550143@pstn>', 'unknown'],
    ['"Gran" <sip:+12125550143@pstn>;privacy=name', 'unknown'],
  ])('Diversion %s: the first is the last (RFC 5806 5)', (value, reason) => {
    expect(diversionOf(['Diversion', value])).toEqual({ number: '12125550143', reason })
  })

  it.each(['<sip:+12125550143@pstn>;privacy=full', '<sip:+12125550143@pstn>;privacy=uri', '<sip:nobody@pstn>', 'nonsense', ''])(
    'Diversion %j names nobody',
    (value) => {
      expect(diversionOf(['Diversion', value])).toBeUndefined()
    },
  )

  it('History-Info: who comes before the last entry with a cause (RFC 7044 10.3, RFC 4458 2)', () => {
    const first = '<sip:+12125550199@pstn>;index=1, <sip:+12125550143@pstn;cause=302>;index=1.1'
    expect(diversionOf(['History-Info', first], ['History-Info', '<sip:+18015550101@host;cause=486>;index=1.1.1'])).toEqual({
      number: '12125550143',
      reason: 'user-busy',
    })
  })

  it.each(['<sip:+12125550143@pstn?Privacy=history>;index=1, <sip:+18015550101@host;cause=302>;index=1.1', '<sip:+18015550101@host>;index=1'])(
    'History-Info %s names nobody',
    (value) => {
      expect(diversionOf(['History-Info', value])).toBeUndefined()
    },
  )
})
