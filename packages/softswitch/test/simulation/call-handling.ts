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
      busy: action(),
      noAnswer: { ...noAnswer, timeoutSeconds: numbers.pick([2, 5, 20]) },
      unregistered: action(),
    },
  }
}
