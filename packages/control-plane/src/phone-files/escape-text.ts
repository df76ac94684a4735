/** Control characters, line ends of any alphabet, and what XML 1.0 section 2.2 has no place for: nothing of it can be typed into a phone. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]+/gu
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** One line of text: what would end a line, or be no character, becomes a space. */
export function oneLine(text: string): string {
  return text.replaceAll(UNPRINTABLE, ' ').replaceAll(LONE_SURROGATE, '\ufffd').trim()
}

/** For the text of an element and for an attribute in quotes (XML 1.0 section 2.4, 3.3.3). */
export function xml(text: string | number): string {
  return oneLine(String(text)).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** A name of an element or a parameter that somebody else gave: one that could be anything more is none. */
export const PARAMETER_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/
/** Some makes have names of several words. */
export const PARAMETER_NAME_OF_WORDS = /^[A-Za-z_][A-Za-z0-9_.-]*( [A-Za-z0-9_.-]+)*$/

/** Between double quotes of a command line, where nothing escapes them. */
export function quoted(text: string): string {
  return `"${oneLine(text).replaceAll('"', "'")}"`
}

/** A field of a list whose fields end with `;` and whose names end with `=`. */
export function listField(text: string): string {
  return oneLine(text).replaceAll(/[;,=]/g, ' ')
}
