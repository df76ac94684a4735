import type { RoutingConferenceRoom } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import type { ServiceProgram, ServiceReply } from '../service-program.ts'
import { meetInRoom } from './meet-in-room.ts'

const room: RoutingConferenceRoom = { id: 'r', name: 'Monday', pin: undefined, maxParties: 3, hasTones: true, music: [] }
const meet = (changes: Partial<RoutingConferenceRoom> = {}): ServiceProgram => meetInRoom({ ...room, ...changes })

/** Answers what the program asks for. @returns what it asked for, in words */
function play(program: ServiceProgram, replies: readonly ServiceReply[]): readonly string[] {
  const asked: string[] = []
  for (const reply of [{}, ...replies]) {
    const { value, done } = program.next(reply)
    if (done === true) return [...asked, value.kind]
    const prompts = 'phrases' in value ? value.phrases.flatMap((phrase) => (phrase.kind === 'prompt' ? [phrase.promptId] : [])) : []
    const tone = value.kind === 'mix' && value.order.coming !== undefined ? ['tone'] : []
    asked.push([value.kind, ...prompts, ...tone].join(' '))
  }
  return asked
}

const keys = (digits: string): readonly ServiceReply[] => Array.from(digits, (key) => ({ key }))

describe('a caller of a conference room', () => {
  it('hears music while alone, then the others, and music again when they have left', () => {
    expect(play(meet(), [{}, { parties: 1 }, {}, { parties: 2 }, { isMixed: true }, { parties: 3 }, { isMixed: true }, { parties: 1 }, {}])).toEqual([
      'play conference-welcome',
      'enter',
      'music conference-alone system-hold-music',
      'await',
      'mix',
      'await',
      'mix',
      'await',
      'music conference-alone system-hold-music',
      'await',
    ])
  })

  it('who comes second is told to all by a tone, once, where the room has tones', () => {
    const replies = [{}, { parties: 2 }, { isMixed: true }, { parties: 3 }]
    expect(play(meet(), replies)).toEqual(['play conference-welcome', 'enter', 'mix tone', 'await', 'mix'])
    expect(play(meet({ hasTones: false }), replies)).toEqual(['play conference-welcome', 'enter', 'mix', 'await', 'mix'])
  })

  it('is told when the room is full, or its sound cannot be mixed, and hung up', () => {
    expect(play(meet(), [{}, {}, {}])).toEqual(['play conference-welcome', 'enter', 'play conference-full', 'hangup'])
    expect(play(meet(), [{}, { parties: 2 }, { isMixed: false }, {}]).slice(2)).toEqual(['mix tone', 'play not-available-now', 'hangup'])
  })

  it('comes in with the PIN, and not with three others', () => {
    expect(play(meet({ pin: '1234' }), keys('1234#')).at(-1)).toBe('play conference-welcome')
    expect(play(meet({ pin: '1234' }), [...keys('9#'), ...keys('1234#')]).at(-1)).toBe('play conference-welcome')
    const refused = play(meet({ pin: '1234' }), [...keys('1#'), ...keys('12345#'), ...keys('#'), {}, {}])
    expect(refused.slice(-3)).toEqual(['play vm-pin-wrong', 'play goodbye', 'hangup'])
    expect(refused).not.toContain('enter')
  })
})
