import { describe, expect, it } from 'vitest'
import { createRequest, type Header } from '../message/index.ts'
import { formatReplaces, parseDialogReference, parseReplaces, parseTargetDialog } from './dialog-reference.ts'
import { referTargetOf } from './refer-target.ts'

describe('names of dialogs', () => {
  it('are seen from the side of who reads them (RFC 3891 3: to-tag is the local one)', () => {
    expect(parseReplaces('98732@sip.example.com ;from-tag=r33th4x0r ;to-tag=ff87ff')).toEqual({
      callId: '98732@sip.example.com',
      localTag: 'ff87ff',
      remoteTag: 'r33th4x0r',
      earlyOnly: false,
    })
    expect(parseDialogReference('c;to-tag=1;from-tag=2;x=y')).toEqual({ callId: 'c', localTag: '1', remoteTag: '2' })
    expect(parseTargetDialog('c;local-tag=1;remote-tag=2')).toEqual({ callId: 'c', localTag: '2', remoteTag: '1' })
  })

  it('are written for the other side, and read back there', () => {
    const ours = { callId: 'c', localTag: 'l', remoteTag: 'r' }
    expect(parseReplaces(formatReplaces(ours, true))).toEqual({ callId: 'c', localTag: 'r', remoteTag: 'l', earlyOnly: true })
  })

  it.each([
    '',
    'c',
    'c;to-tag=1',
    'c;from-tag=1',
    'c;to-tag;from-tag=2',
    ';to-tag=1;from-tag=2',
    'a b;to-tag=1;from-tag=2',
    'c;;to-tag=1;from-tag=2',
    `${'c'.repeat(2000)};to-tag=1;from-tag=2`,
  ])('are refused when malformed: %s', (value) => {
    expect(parseReplaces(value)).toBeUndefined()
    expect(parseDialogReference(value)).toBeUndefined()
    expect(parseTargetDialog(value)).toBeUndefined()
  })

  it.each(['c', 'c;local-tag=1', 'c;remote-tag=1', 'c;local-tag;remote-tag=1', 'c;local-tag=1;remote-tag', ';local-tag=1;remote-tag=2'])(
    'name no dialog without Call-ID and both tags: %s (RFC 4538 7)',
    (value) => {
      expect(parseTargetDialog(value)).toBeUndefined()
    },
  )
})

describe('Refer-To (RFC 3515 2.1)', () => {
  const target = (...headers: Header[]) => referTargetOf(createRequest({ method: 'REFER', uri: 'sip:b@test', headers }))

  it('is what may be called: without method and embedded header fields', () => {
    expect(target(['r', '"C" <sips:carol:pw@test:5061;method=INVITE;user=phone?Subject=x&Route=%3Csip:evil%3E>;x=y'])).toMatchObject({
      referTo: { uriText: 'sips:carol:pw@test:5061;user=phone', displayName: 'C', uri: { headers: '' } },
      replaces: undefined,
    })
    expect(target(['Refer-To', 'tel:+18015551212'])).toMatchObject({ referTo: { uriText: 'tel:+18015551212' } })
  })

  it('keeps escapes it cannot read', () => {
    expect(target(['Refer-To', '<sip:c@test?Replaces=%E0%A4%A>'])).toMatchObject({ statusCode: 400 })
  })
})
