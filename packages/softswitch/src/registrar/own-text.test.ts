import { describe, expect, it } from 'vitest'
import { ownText, sharedText } from './own-text.ts'

describe('texts that outlive their message', () => {
  it.each(['', 'short', 'sip:alice@192.0.2.1:5060;transport=udp', 'Téléphone de démonstration 日本語'])('read as they were: %s', (text) => {
    expect([ownText(text), sharedText(text), sharedText(text)]).toEqual([text, text, text])
  })
})
