import type { DirectoryEntry, MenuStep, ServiceOrder } from '@dialtone/call-routing'
import { callFailure } from '../../calls/call-failure.ts'
import { failurePromptOf } from '../../calls/failure-prompt.ts'
import { FORWARD_ENDS } from '../../calls/state/forward-view.ts'
import { prompt, soundsOf } from '../phrase.ts'
import type { Phrase } from '../phrase.ts'
import { chooseKey, collectDigits, HANG_UP } from '../service-program.ts'
import type { ServiceEnd, ServiceProgram, ServiceReply, ServiceRequest } from '../service-program.ts'

type Order = Extract<ServiceOrder, { kind: 'menu' }>
type Of<Kind extends MenuStep['kind']> = Extract<MenuStep, { kind: Kind }>
/** The next component; undefined: there is none, the call ends. */
type Talk<Value> = Generator<ServiceRequest, Value, ServiceReply>

/** Callers that lean on a key, and trees that lead round and round. */
const MAX_STEPS = 200
const DIGIT_TIMEOUT_MS = 4_000
const LONGEST_EXTENSION = 6
const NAME_KEYS = 3
const MAX_OFFERED = 8
const ATTEMPTS = 3

/** A caller goes through the menu tree of an account (S0-48, S0-56, S0-57). */
export function* walkMenu(order: Order): ServiceProgram {
  const { menu } = order
  let at: string | undefined = menu.entryId
  for (let steps = 0; at !== undefined && steps < MAX_STEPS; steps++) {
    const step: MenuStep | undefined = menu.steps[at]
    if (step === undefined) break
    const outcome: ServiceEnd | string | undefined = yield* take(order, step)
    if (typeof outcome === 'object') return outcome
    at = outcome
  }
  // A key or a time that leads nowhere.
  return yield* endWith([prompt('not-available-now')])
}

function* take(order: Order, step: MenuStep): Talk<ServiceEnd | string | undefined> {
  const { next } = order.menu
  switch (step.kind) {
    case 'pass':
      return next[step.id]
    case 'menu':
      return yield* go(step, next)
    case 'go':
      return { kind: 'go', to: step.to }
    case 'ring':
      return yield* ring(step, next)
    case 'schedule': {
      const ruleId = order.rulesInForce.find((id) => step.rules.some((rule) => rule.id === id))
      return next[ruleId ?? step.id]
    }
    case 'directory':
      return (yield* look(step, order.directory)) ?? next[step.id]
    case 'hang-up':
      return yield* endWith(step.goodbye.length === 0 ? [prompt('ivr-goodbye')] : soundsOf(step.goodbye))
  }
}

function* go(step: Of<'menu'>, next: Order['menu']['next']): Talk<ServiceEnd | string | undefined> {
  const chosen = yield* choose(step)
  return next[chosen] ?? (chosen === step.failure.id ? yield* endWith([prompt('ivr-goodbye')]) : undefined)
}

function* ring({ id, to, timeoutSeconds, otherwise }: Of<'ring'>, next: Order['menu']['next']): Talk<ServiceEnd | string> {
  const { outcome = 'failed' } = yield { kind: 'ring', to, timeoutMs: timeoutSeconds * 1000 }
  return otherwise ?? next[id] ?? (yield* endWith([prompt(failurePromptOf(callFailure(FORWARD_ENDS[outcome].code)))]))
}

/** Nobody is hung up without a word. */
function* endWith(phrases: readonly Phrase[]): Talk<ServiceEnd> {
  yield { kind: 'play', phrases, interruptedBy: '' }
  return HANG_UP
}

/** @returns the id of the choice, or of the failure */
function* choose({ greeting, isGreetingInterruptible, prompt: asked, repeatSeconds, choices, failure }: Of<'menu'>): Talk<string> {
  let key =
    greeting.length === 0 ? undefined : (yield { kind: 'play', phrases: soundsOf(greeting), ...(isGreetingInterruptible ? {} : { interruptedBy: '' }) }).key
  for (let attempt = 0; attempt < failure.attempts; attempt++) {
    key ??= (yield { kind: 'play', phrases: soundsOf(asked) }).key
    key ??= (yield { kind: 'key', timeoutMs: Math.max(failure.timeoutSeconds, repeatSeconds, 1) * 1000 }).key
    const chosen = key === undefined ? undefined : choices[key]
    if (chosen !== undefined) return chosen
    const words = failure.invalid.length === 0 ? [prompt(key === undefined ? 'ivr-timeout' : 'ivr-invalid')] : soundsOf(failure.invalid)
    key = undefined
    yield { kind: 'play', phrases: words, interruptedBy: '' }
  }
  return failure.id
}

/** Dial by extension or by name. @returns undefined when nobody was found */
function* look({ by, intro, invalid }: Of<'directory'>, directory: readonly DirectoryEntry[]): Talk<ServiceEnd | undefined> {
  const asked = intro.length === 0 ? [prompt(by === 'NAME' ? 'ivr-directory-name' : 'ivr-directory-extension')] : soundsOf(intro)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const digits = yield* collectDigits(asked, { max: by === 'NAME' ? NAME_KEYS : LONGEST_EXTENSION, timeoutMs: DIGIT_TIMEOUT_MS })
    if (by === 'EXTENSION' && digits !== '') return { kind: 'go', to: { referenceType: 'TELEPHONE', referenceId: digits } }
    const found = digits === '' ? [] : directory.filter(({ keys }) => keys.startsWith(digits)).slice(0, MAX_OFFERED)
    if (found.length > 0) {
      const offered = found.flatMap(({ extension }, index): Phrase[] => [
        { kind: 'digits', digits: extension },
        prompt('ivr-directory-press-for'),
        { kind: 'digits', digits: String(index + 1) },
      ])
      const keys = found.map((_one, index) => String(index + 1)).join('')
      const key = yield* chooseKey(offered, { keys, timeoutMs: DIGIT_TIMEOUT_MS, attempts: ATTEMPTS, invalid: [prompt('ivr-invalid')] })
      const chosen = key === undefined ? undefined : found[Number(key) - 1]
      if (chosen !== undefined) return { kind: 'go', to: { referenceType: 'END_USER', referenceId: chosen.userId } }
    }
    yield { kind: 'play', phrases: invalid.length === 0 ? [prompt('ivr-directory-none')] : soundsOf(invalid), interruptedBy: '' }
  }
  return undefined
}
