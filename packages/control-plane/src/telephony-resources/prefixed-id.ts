import Type from 'typebox'

/** How the ids of each kind begin on this surface (C-44). */
const PREFIXES = {
  trunk: 'trunk_',
  address: 'ip_',
  device: 'dev_',
  domain: 'dom_',
  accessRule: 'orgip_',
  gateway: 'gw_',
  organization: 'org_',
  user: 'user_',
  template: 'tmpl_',
} as const

export type PrefixedKind = keyof typeof PREFIXES

/** What looks like no id of any kind is refused before anything is looked up (C-44). */
export const ResourceId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })

export function shownId(kind: PrefixedKind, id: string): string {
  return `${PREFIXES[kind]}${id}`
}

/** The id as it is stored, of either form: with its prefix, or as `/v2` writes it. */
export function idOf(kind: PrefixedKind, shown: string): string {
  const prefix = PREFIXES[kind]
  return shown.startsWith(prefix) && shown.length > prefix.length ? shown.slice(prefix.length) : shown
}
