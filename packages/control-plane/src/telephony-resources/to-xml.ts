const NAME = /^[A-Za-z_][\w.-]*$/
/** XML 1.0 section 2.2: what may not be written at all, not even as a reference. */
// eslint-disable-next-line no-control-regex
const UNWRITABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' }

/** An answer as XML (S3-06): a member an element, the entries of a list elements of the singular of its name. */
export function toXml(value: unknown): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('response', value)}\n`
}

function element(name: string, value: unknown): string {
  if (value === undefined) return ''
  const [open, close] = NAME.test(name) && !/^xml/i.test(name) ? [name, name] : [`entry name="${escaped(name)}"`, 'entry']
  if (value === null) return `<${open}/>`
  return `<${open}>${contentOf(name, value)}</${close}>`
}

function contentOf(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((entry) => element(singularOf(name), entry)).join('')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([member, content]) => element(member, content))
      .join('')
  return escaped(String(value))
}

/** `ips` → `ip`, `history` → `entry`. */
function singularOf(list: string): string {
  return list.endsWith('s') ? list.slice(0, -1) : 'entry'
}

function escaped(text: string): string {
  return text.replaceAll(UNWRITABLE, '').replaceAll(/[&<>"\r]/g, (character) => ESCAPES[character] ?? '')
}
