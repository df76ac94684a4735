import { type ApiFailure, invalidField } from '../failures/index.ts'

/** @returns 12 lower-case hex digits from any usual spelling (C-48), or undefined. */
export function normalizeMacAddress(text: string): string | undefined {
  const digits = text.toLowerCase().replaceAll(/[:.\s-]/g, '')
  return /^[0-9a-f]{12}$/.test(digits) ? digits : undefined
}

export function invalidMacAddress(text: string): ApiFailure {
  return invalidField('macAddress', `"${text}" is no MAC address`, '12 hexadecimal digits')
}
