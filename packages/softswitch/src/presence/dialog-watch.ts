import type { RoutingSnapshot } from '@dialtone/call-routing'
import type { CallState } from '../calls/state/call-state.ts'
import { DIALOG_INFO_TYPE, formatDialogInfo } from './dialog-info.ts'
import type { WatchedDialog } from './dialog-info.ts'
import { parkedDialog, spotOf } from './parked-dialog.ts'
import { linesOf, watchedDialogs } from './watched-dialogs.ts'

export interface DialogWatchNeeds {
  readonly snapshotOf: (accountId: string) => RoutingSnapshot | undefined
  /** The calls of the moment. */
  readonly calls: () => Iterable<CallState>
  readonly realm: string
}

/** A user's phones, or a parking spot with whoever waits there. */
export interface WatchedPlace {
  readonly kind: 'user' | 'spot'
  readonly id: string
}

export interface Watched {
  readonly accountId: string
  readonly place: WatchedPlace
}

export interface NotificationBody {
  readonly contentType: string
  readonly body: string
}

/** Somebody who watches: told that there is news, it asks for the document when it can send it. */
export interface Watcher {
  /** The URI it subscribed to. */
  readonly entity: string
  readonly notify: (document: () => NotificationBody) => void
}

/** What a watcher has been told. */
interface Told {
  version: number
  /** undefined: the next document must be whole. */
  dialogs: ReadonlyMap<string, WatchedDialog> | undefined
}

interface Target extends Watched {
  readonly watchers: Map<Watcher, Told>
  dialogs: ReadonlyMap<string, WatchedDialog>
}

/**
 * Who watches the calls of which user or parking spot (RFC 4235). While nobody does, a change of a call costs one look at an empty map; else only
 * users that take part in the call are looked at, and only watchers of those whose dialogs changed are told.
 */
export class DialogWatch {
  readonly #needs: DialogWatchNeeds
  readonly #targets = new Map<string, Target>()
  /** The users seen in a call, so that one who left it is looked at once more. */
  readonly #seen = new Map<string, Set<Target>>()

  constructor(needs: DialogWatchNeeds) {
    this.#needs = needs
  }

  /** Users and spots watched now. */
  get size(): number {
    return this.#targets.size
  }

  /** @returns how to make its next document whole (after a refresh), and how to end it */
  watch(watched: Watched, watcher: Watcher): { readonly refresh: () => void; readonly end: () => void } {
    const key = keyOf(watched.accountId, watched.place)
    const target: Target = this.#targets.get(key) ?? { ...watched, watchers: new Map(), dialogs: new Map() }
    if (!this.#targets.has(key)) {
      this.#targets.set(key, target)
      for (const state of this.#needs.calls()) if (state.phase !== 'over') this.#look(target, state)
    }
    const told: Told = { version: 0, dialogs: undefined }
    target.watchers.set(watcher, told)
    return {
      refresh: () => {
        told.dialogs = undefined
        watcher.notify(() => this.#document(target, watcher, told))
      },
      end: () => {
        target.watchers.delete(watcher)
        if (target.watchers.size === 0) this.#forget(key, target)
      },
    }
  }

  /** A call has changed. */
  observe(state: CallState): void {
    if (this.#targets.size === 0) return
    for (const target of this.#targetsIn(state)) {
      if (!this.#look(target, state)) continue
      for (const [watcher, told] of target.watchers) watcher.notify(() => this.#document(target, watcher, told))
    }
    if (state.phase === 'over') this.#seen.delete(state.sessionId)
  }

  #targetsIn(state: CallState): ReadonlySet<Target> {
    const targets = new Set<Target>(this.#seen.get(state.sessionId))
    for (const { accountId } of state.accounts) {
      const snapshot = this.#needs.snapshotOf(accountId)
      for (const lineId of linesOf(state)) {
        const target = this.#targets.get(keyOf(accountId, { kind: 'user', id: snapshot?.lines.get(lineId)?.userId ?? '' }))
        if (target !== undefined) targets.add(target)
      }
    }
    const spotId = spotOf(state)
    const spot = spotId === undefined ? undefined : this.#targets.get(keyOf(state.question.accountId, { kind: 'spot', id: spotId }))
    return spot === undefined ? targets : targets.add(spot)
  }

  /** @returns whether the user's dialogs in this call are others than before */
  #look(target: Target, state: CallState): boolean {
    const now = state.phase === 'over' ? [] : this.#dialogsOf(target, state)
    const before = [...target.dialogs.values()].filter((dialog) => dialog.id.startsWith(`${state.sessionId}-`))
    if (now.length > 0) this.#remember(target, state.sessionId)
    if (now.length === before.length && now.every((dialog) => isSame(dialog, target.dialogs.get(dialog.id)))) return false
    const dialogs = new Map(target.dialogs)
    for (const { id } of before) dialogs.delete(id)
    for (const dialog of now) dialogs.set(dialog.id, dialog)
    target.dialogs = dialogs
    return true
  }

  #dialogsOf({ accountId, place }: Watched, state: CallState): readonly WatchedDialog[] {
    const { realm } = this.#needs
    if (place.kind === 'spot') return spotOf(state) === place.id && state.question.accountId === accountId ? [parkedDialog(state, realm)] : []
    const lineIds = this.#needs.snapshotOf(accountId)?.users.get(place.id)?.lineIds ?? []
    return watchedDialogs(state, { accountId, lineIds, realm })
  }

  /** What a watcher has not been told yet, when it is about to be told (RFC 4235 3.9: whole first, then what changed). */
  #document(target: Target, { entity }: Watcher, told: Told): NotificationBody {
    const before = told.dialogs
    const now = target.dialogs
    const version = told.version++
    told.dialogs = now
    const dialogs = before === undefined ? [...now.values()] : changesBetween(before, now)
    return { contentType: DIALOG_INFO_TYPE, body: formatDialogInfo({ version, state: before === undefined ? 'full' : 'partial', entity, dialogs }) }
  }

  #remember(target: Target, sessionId: string): void {
    const seen = this.#seen.get(sessionId)
    if (seen === undefined) this.#seen.set(sessionId, new Set([target]))
    else seen.add(target)
  }

  #forget(key: string, target: Target): void {
    this.#targets.delete(key)
    for (const [sessionId, targets] of this.#seen) {
      targets.delete(target)
      if (targets.size === 0) this.#seen.delete(sessionId)
    }
  }
}

function keyOf(accountId: string, { kind, id }: WatchedPlace): string {
  return `${accountId} ${kind} ${id}`
}

function changesBetween(before: ReadonlyMap<string, WatchedDialog>, now: ReadonlyMap<string, WatchedDialog>): readonly WatchedDialog[] {
  const ended = [...before.values()].filter((dialog) => !now.has(dialog.id)).map((dialog) => ({ ...dialog, state: 'terminated' as const, named: undefined }))
  return [...ended, ...[...now.values()].filter((dialog) => !isSame(dialog, before.get(dialog.id)))]
}

function isSame(one: WatchedDialog, other: WatchedDialog | undefined): boolean {
  return (
    other !== undefined &&
    one.state === other.state &&
    one.named?.callId === other.named?.callId &&
    one.remote?.uri === other.remote?.uri &&
    one.remote?.name === other.remote?.name
  )
}
