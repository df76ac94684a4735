import type { RingOutcomeAction, RoutingUser } from '@dialtone/call-routing'
import { ZOE_NUMBER, type PlainDirectory } from '../switch-tenants.ts'
import type { SeededNumbers } from './seeded-numbers.ts'

/** Where a call may be sent on: to each other in circles too. */
const TARGETS = ['2001', '2002', '2003', ZOE_NUMBER, '16075550123', '2999'] as const

/** Gives users forwards, short rings and peace, as drawn. */
export function changeHandling(directory: PlainDirectory, numbers: SeededNumbers): void {
  for (const [accountId, snapshot] of directory.snapshots) {
    const users = new Map([...snapshot.users].map(([id, user]): [string, RoutingUser] => [id, changed(user, numbers)]))
    directory.snapshots.set(accountId, { ...snapshot, users })
  }
}

/** Numbers that ring too, or in turn, some of which have to confirm. */
function searching(numbers: SeededNumbers): Partial<RoutingUser['callHandling']> {
  if (numbers.chance(0.7)) return {}
  const rung = () => ({ continueOnBusy: numbers.chance(0.5), confirms: numbers.chance(0.7) })
  const numberOf = () => ({ toNumber: numbers.pick(TARGETS), ringDelaySeconds: numbers.below(3), ringDurationSeconds: numbers.pick([undefined, 2, 8]) })
  if (numbers.chance(0.5))
    return {
      optionType: 'SimultaneousRing',
      simultaneousRing: { numbers: [{ ...numberOf(), ...rung() }], noAnswer: { type: 'Busy', timeoutSeconds: 10 } },
    }
  const to = () => (numbers.chance(0.3) ? ({ kind: 'own-devices' } as const) : ({ kind: 'number', toNumber: numbers.pick(TARGETS) } as const))
  const endpoints = [1, 2].map(() => ({ to: to(), timeoutSeconds: numbers.pick([2, 6]), ...rung() }))
  return { optionType: 'FindMeFollowMe', findMe: { endpoints, timeoutType: numbers.pick(['Busy', 'Voicemail']) } }
}

function changed(user: RoutingUser, numbers: SeededNumbers): RoutingUser {
  if (numbers.chance(0.5)) return user
  const action = (): RingOutcomeAction => {
    if (numbers.chance(0.5)) return { type: 'Forward', forwardToNumber: numbers.pick(TARGETS) }
    return numbers.chance(0.5) ? { type: 'Busy' } : { type: 'Voicemail' }
  }
  const noAnswer = numbers.chance(0.2) ? ({ type: 'RingForever' } as const) : action()
  return {
    ...user,
    callHandling: {
      doNotDisturbEnabled: numbers.chance(0.1),
      ...(numbers.chance(0.15) ? { optionType: 'ForwardAlways', forwardAlwaysToNumber: numbers.pick(TARGETS) } : { optionType: 'RingPhone' }),
      ...searching(numbers),
      busy: action(),
      noAnswer: { ...noAnswer, timeoutSeconds: numbers.pick([2, 5, 20]) },
      unregistered: action(),
    },
  }
}
