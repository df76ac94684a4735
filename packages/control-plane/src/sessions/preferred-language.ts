import { LANGUAGES, normalizeLanguageTag } from '../reference-data/index.ts'

const DEFAULT_LANGUAGE = 'en-US'
const MAX_RANGES = 20

/**
 * The language of ours that an `Accept-Language` prefers most (RFC 9110 section 12.5.4). A range without a country, such as `fr`, takes ours of that
 * language; `*`, nothing and what we do not speak is the default.
 */
export function preferredLanguage(header: string): string {
  const ranges = header.split(',', MAX_RANGES).flatMap((range, position) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim())
    const quality = parameters.find((parameter) => parameter.toLowerCase().startsWith('q='))
    const weight = quality === undefined ? 1 : Number(quality.slice(2))
    return tag === '' || !(weight > 0) ? [] : [{ tag, weight, position }]
  })
  for (const { tag } of ranges.toSorted((one, other) => other.weight - one.weight || one.position - other.position)) {
    const known = normalizeLanguageTag(tag) ?? LANGUAGES.find((language) => language.language === tag.split('-')[0]?.toLowerCase())?.id
    if (known !== undefined) return known
    if (tag === '*') return DEFAULT_LANGUAGE
  }
  return DEFAULT_LANGUAGE
}
