import type { ObjectType } from './bulk-object.ts'

/** What is done with each object: the words of the one vocabulary (public-spec section 4) … */
export const JOB_TYPES = ['create users', 'create telephone numbers', 'delete users', 'delete telephone numbers'] as const
/** … and of the other (S0-83, S0-87, S0-88); the names after the first are ours (C-61). */
export const OPERATIONS = [
  'UPDATE_CALLING_PLAN',
  'UPDATE_VOICEMAIL_SETTINGS',
  'UPDATE_CALL_FORWARDING',
  'UPDATE_DEVICE_CONFIGURATION',
  'DELETE_USERS',
  'PROVISION_FEATURES',
] as const

export type BulkJobType = (typeof JOB_TYPES)[number] | (typeof OPERATIONS)[number]

export const OBJECTS_OF_JOB: Readonly<Record<(typeof JOB_TYPES)[number], ObjectType>> = {
  'create users': 'CreateUserInput',
  'create telephone numbers': 'CreateTelephoneNumberInput',
  'delete users': 'DeleteUserInput',
  'delete telephone numbers': 'DeleteTelephoneNumberInput',
}

const SYNONYMS: Readonly<Record<string, (typeof OPERATIONS)[number]>> = {
  UPDATE_CALLING_PLANS: 'UPDATE_CALLING_PLAN',
  CHANGE_CALLING_PLAN: 'UPDATE_CALLING_PLAN',
  CHANGE_VOICEMAIL_SETTINGS: 'UPDATE_VOICEMAIL_SETTINGS',
  UPDATE_VOICEMAIL: 'UPDATE_VOICEMAIL_SETTINGS',
  MODIFY_CALL_FORWARDING: 'UPDATE_CALL_FORWARDING',
  UPDATE_DEVICE_CONFIGURATIONS: 'UPDATE_DEVICE_CONFIGURATION',
  UPDATE_DEVICES: 'UPDATE_DEVICE_CONFIGURATION',
  DELETE_USER: 'DELETE_USERS',
  PROVISION_FEATURE: 'PROVISION_FEATURES',
  UPDATE_FEATURES: 'PROVISION_FEATURES',
}

/** @returns undefined when the word means nothing to us. */
export function jobTypeOf(word: string): BulkJobType | undefined {
  const text = word.trim()
  return JOB_TYPES.find((type) => type === text.toLowerCase()) ?? OPERATIONS.find((type) => type === text.toUpperCase()) ?? SYNONYMS[text.toUpperCase()]
}

export function isOperation(type: BulkJobType): type is (typeof OPERATIONS)[number] {
  return OPERATIONS.some((operation) => operation === type)
}
