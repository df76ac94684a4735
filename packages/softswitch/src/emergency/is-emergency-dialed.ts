import { recognizeEmergency } from '@dialtone/numbering'

/**
 * Whether the digits ask for help, under any dialing behaviour (47 CFR 9.16(b)(1): no prefix; S0-76). Known before the
 * account is, so that no limit of ours stands in the way (C-58).
 */
export function isEmergencyDialed(dialed: string): boolean {
  return recognizeEmergency(dialed) !== undefined
}
