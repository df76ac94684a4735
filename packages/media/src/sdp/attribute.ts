import type { SdpField } from './session-description.ts'

/** The name of an attribute field, or undefined for a field of another type. */
export function attributeName(field: SdpField): string | undefined {
  if (field.type !== 'a') return undefined
  const colon = field.value.indexOf(':')
  return (colon === -1 ? field.value : field.value.slice(0, colon)).trimEnd()
}

/** The value of the first attribute of that name: '' for a flag, undefined when there is none. */
export function attributeOf(fields: readonly SdpField[], name: string): string | undefined {
  return attributesOf(fields, name)[0]
}

/** The values of all attributes of that name, in order. */
export function attributesOf(fields: readonly SdpField[], name: string): readonly string[] {
  return fields.filter((field) => attributeName(field) === name).map((field) => field.value.slice(name.length).replace(/^\s*:/, '').trim())
}

export function attribute(name: string, value?: string | number): SdpField {
  return { type: 'a', value: value === undefined ? name : `${name}:${value}` }
}
