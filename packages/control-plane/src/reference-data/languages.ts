/** A language the platform speaks: the answer of `/v2/ref/language` (public-spec 15). */
export interface Language {
  /** Language tag of RFC 5646. */
  readonly id: string
  readonly country: string
  readonly language: string
}

export const LANGUAGES: readonly Language[] = [
  { id: 'en-US', country: 'US', language: 'en' },
  { id: 'fr-CA', country: 'CA', language: 'fr' },
  { id: 'es-MX', country: 'MX', language: 'es' },
]

/** @returns the tag in its published spelling (`en_us` → `en-US`), or undefined for a language the platform does not speak. */
export function normalizeLanguageTag(tag: string): string | undefined {
  const wanted = tag.trim().replace('_', '-').toLowerCase()
  return LANGUAGES.find((language) => language.id.toLowerCase() === wanted)?.id
}
