/** STANDARD reaches phones that are free; PRIORITY ends a STANDARD page for them; EMERGENCY breaks into every page and call. */
export type PageType = 'STANDARD' | 'PRIORITY' | 'EMERGENCY'

/** An extension that speaks to many phones at once. */
export interface RoutingPagingGroup {
  readonly id: string
  readonly name: string
  readonly type: PageType
  /** A user is paged at every phone. */
  readonly members: readonly { readonly kind: 'user' | 'line'; readonly id: string }[]
}

const RANK: Readonly<Record<PageType, number>> = { STANDARD: 0, PRIORITY: 1, EMERGENCY: 2 }

/** Whether a page takes the phone of another one. */
export function outranks(page: PageType, other: PageType): boolean {
  return RANK[page] > RANK[other]
}
