import type { RoutingSnapshot, RoutingUser, ServeVerdict } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import { ALICE, ScriptedCall } from '../../test/scripted-call.ts'
import { directoryOf } from '../../test/switch-tenants.ts'
import { languageForCaller, languageOf } from './language-of.ts'

const before = directoryOf({ pstn: 1, backup: 2, psap: 3 }).snapshots.get('account-1')
if (before === undefined) throw new Error('there is another account')
const speaks: Readonly<Record<string, string>> = { alice: 'es-MX', bob: 'fr-CA' }
const users = new Map([...before.users].map(([id, user]): [string, RoutingUser] => [id, { ...user, language: speaks[id] }]))
const box = { id: 'box', name: 'Box', language: 'es-MX' }
const snapshot: RoutingSnapshot = { ...before, users, language: 'fr-CA', services: { ...before.services, voicemailBoxes: new Map([['box', box]]) } }

function served(service: ServeVerdict['service'], userId: string | undefined) {
  const verdict = { kind: 'serve', service, target: 'x', userId, caller: ALICE, calledNumber: '2002', diversion: undefined, steps: [] } as const
  return new ScriptedCall([{ decision: verdict }]).state
}

const announcement = { kind: 'announcement', promptId: 'call-blocked', isAnswered: false, next: undefined } as const

describe('the language of what the platform says', () => {
  it('is that of the user who calls, whoever he calls', () => {
    expect(languageForCaller(served(announcement, 'bob'), snapshot)).toBe('es-MX')
  })

  it('is that of who was called, to somebody from elsewhere; else the account’s', () => {
    const abroad = { ...snapshot, language: 'en-US' }
    const stranger = (userId: string | undefined) => {
      const state = served(announcement, userId)
      return { ...state, origin: { kind: 'carrier', carrierId: 'pstn', number: '1', name: '', dialed: '2' } as const }
    }
    expect(languageForCaller(stranger('bob'), abroad)).toBe('fr-CA')
    expect(languageForCaller(stranger('carol'), snapshot)).toBe('fr-CA')
    expect(languageForCaller(stranger(undefined), abroad)).toBe('en-US')
  })

  it('is that of the trunk a PBX calls through, and of the account where the trunk has none', () => {
    const ofTrunk = (language: string | undefined): RoutingSnapshot => {
      const [pbx] = before.lines.values()
      if (pbx === undefined) throw new Error('there is no line')
      const settings = { concurrentCalls: 1, maxBurstCalls: 0, primaryNumber: undefined, localServicesEnabled: false, extensionPatterns: [] }
      const trunk = { ...settings, chargeNumber: undefined, numberDigits: undefined, groupId: undefined, address: undefined, language }
      return { ...snapshot, lines: new Map([['line-alice', { ...pbx, userId: undefined, trunk }]]) }
    }
    const { origin, ...state } = served(announcement, undefined)
    const calling = { ...state, origin: { ...origin, userId: undefined } as typeof origin }
    expect(languageForCaller(calling, ofTrunk('es-MX'))).toBe('es-MX')
    expect(languageForCaller(calling, ofTrunk(undefined))).toBe('fr-CA')
  })

  it('is that of the box, whoever calls', () => {
    expect(languageForCaller(served({ kind: 'voicemail-deposit', boxId: 'box', reason: 'busy' }, 'bob'), snapshot)).toBe('es-MX')
    expect(languageForCaller(served({ kind: 'voicemail-deposit', boxId: 'gone', reason: 'busy' }, 'bob'), snapshot)).toBe('es-MX')
  })

  it('is English where nobody has said anything', () => {
    expect([languageOf(undefined), languageOf({ users: new Map() }, 'alice')]).toEqual(['en-US', 'en-US'])
  })
})
