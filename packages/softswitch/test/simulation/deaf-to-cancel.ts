import { parseMessage, responseBytes } from '@dialtone/sip'
import type { SipNetwork } from '@dialtone/sip'
import type { SeededNumbers } from './seeded-numbers.ts'

type Mood = 'heeds it' | 'says yes and goes on' | 'hears nothing'

/**
 * What a stack speaks to whose user part does not always know of CANCEL: it rings on, answers 200 all the same or never says 487, as RFC 3261 9.1
 * has to expect of UASs of RFC 2543. The same mood for every copy.
 * @param onIgnored a call goes on that was cancelled
 */
export function deafToCancel(network: SipNetwork, numbers: SeededNumbers, deafness: number, onIgnored: (callId: string, mood: Mood) => void): SipNetwork {
  const moods = new Map<string, Mood>()
  function moodOf(callId: string): Mood {
    const mood = moods.get(callId) ?? (numbers.chance(deafness) ? numbers.pick(['says yes and goes on', 'hears nothing']) : 'heeds it')
    if (!moods.has(callId) && mood !== 'heeds it') onIgnored(callId, mood)
    moods.set(callId, mood)
    return mood
  }
  return {
    ...network,
    open: (user) =>
      network.open({
        ...user,
        onMessage: (bytes, source) => {
          const parsed = parseMessage(bytes)
          const cancel = parsed.ok && parsed.value.kind === 'request' && parsed.value.method === 'CANCEL' ? parsed.value : undefined
          const mood = cancel === undefined ? 'heeds it' : moodOf(cancel.callId)
          if (mood === 'heeds it') user.onMessage(bytes, source)
          else if (cancel !== undefined && mood === 'says yes and goes on') network.send(responseBytes(cancel, 200, { toTag: 'deaf' }), source)
        },
      }),
  }
}
