import type { CallTarget } from './account-services.ts'

/** What a menu says: a prompt of the platform, or a recording of the account. */
export type MenuSound = { readonly promptId: string } | { readonly recordingKey: string } | { readonly text: string }

/** Times at which a rule of a menu's schedule holds, in the account's time zone; seconds of the day. */
export type MenuHours = { readonly startSecond: number; readonly endSecond: number } & ({ readonly day: string } | { readonly date: string })

/** One component of a menu tree (public-spec section 11), as a caller comes to it. */
export type MenuStep = { readonly id: string } & (
  | { readonly kind: 'pass' }
  | {
      readonly kind: 'menu'
      readonly greeting: readonly MenuSound[]
      readonly isGreetingInterruptible: boolean
      readonly prompt: readonly MenuSound[]
      readonly repeatSeconds: number
      /** The component behind each key. */
      readonly choices: Readonly<Record<string, string>>
      readonly failure: { readonly id: string; readonly timeoutSeconds: number; readonly invalid: readonly MenuSound[]; readonly attempts: number }
    }
  | { readonly kind: 'go'; readonly to: CallTarget }
  /** Rings, and goes on when nobody answers. */
  | { readonly kind: 'ring'; readonly to: CallTarget; readonly timeoutSeconds: number; readonly otherwise: string | undefined }
  | { readonly kind: 'schedule'; readonly rules: readonly { readonly id: string; readonly hours: readonly MenuHours[] }[] }
  | { readonly kind: 'directory'; readonly intro: readonly MenuSound[]; readonly invalid: readonly MenuSound[]; readonly by: 'NAME' | 'EXTENSION' }
  | { readonly kind: 'hang-up'; readonly goodbye: readonly MenuSound[] }
)

export interface RoutingMenu {
  readonly id: string
  readonly name: string
  readonly entryId: string
  readonly steps: Readonly<Record<string, MenuStep>>
  /** From a component to the next. */
  readonly next: Readonly<Record<string, string>>
}

/** Somebody who can be found by the keys of his name. */
export interface DirectoryEntry {
  readonly userId: string
  readonly extension: string
  /** The keys of last and first name, letters only. */
  readonly keys: string
}
