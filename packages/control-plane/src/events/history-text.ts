const SECRET_NAME = /^pin$|_pin$|Pin$|(password|secret|private_?key|encryption_?key)$/i
const MASK = '********'

/**
 * A value as history keeps it for years and shows it to whoever may read history: whatever a slice hands in, nothing that is called a
 * secret. That it changed is told by the event.
 */
export function historyText(value: unknown): string | null {
  if (value === undefined) return null
  return JSON.stringify(value, (name, member: unknown) => {
    const isSecret = SECRET_NAME.test(name) && (typeof member === 'number' || (typeof member === 'string' && member !== ''))
    return isSecret ? MASK : member
  })
}
