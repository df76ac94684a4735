import { describe, expect, it } from 'vitest'
import { createRequest, type Header } from '../message/index.ts'
import { methodsNamedIn, optionTagsNamedIn } from './named-abilities.ts'

const request = (...headers: Header[]) => createRequest({ method: 'OPTIONS', uri: 'sip:a@example.com', headers })

describe('what a message names (RFC 3261 20.5, 20.32, 20.37)', () => {
  it.each([1, 2])('is read from all fields, whatever the case, also the second time', () => {
    const message = request(['Allow', 'invite, ACK'], ['ALLOW', 'Update'], ['k', '100REL,timer'], ['Require', 'Replaces'])
    expect([...(methodsNamedIn(message) ?? [])]).toEqual(['INVITE', 'ACK', 'UPDATE'])
    expect([...(optionTagsNamedIn(message) ?? [])]).toEqual(['100rel', 'timer', 'replaces'])
  })

  it('is the same set for the same text', () => {
    const named = () => methodsNamedIn(request(['Allow', 'INVITE, BYE']))
    expect(named()).toBe(named())
  })

  it('is nothing when there is no such field, and none when it is empty', () => {
    expect([methodsNamedIn(request()), optionTagsNamedIn(request())]).toEqual([undefined, undefined])
    expect(optionTagsNamedIn(request(['Supported', '']))?.has('timer')).toBe(false)
  })

  it('of one kind is not taken for the other', () => {
    expect(methodsNamedIn(request(['Allow', 'same']))?.has('SAME')).toBe(true)
    expect(optionTagsNamedIn(request(['Supported', 'same']))?.has('same')).toBe(true)
  })

  it('is read whole when it is too long to be kept', () => {
    const many = Array.from({ length: 60 }, (_, index) => `option-tag-${index}`).join(', ')
    expect(optionTagsNamedIn(request(['Supported', many]))?.size).toBe(60)
  })
})
