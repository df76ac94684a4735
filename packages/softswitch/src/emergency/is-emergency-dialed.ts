import { interpretDialedDigits } from '@dialtone/numbering'

/**
 * Whether the digits ask for help, under any dialing behaviour (47 CFR 9.16(b)(1): no prefix; S0-76). Known before the
 * account is, so that no limit of ours stands in the way (C-58).
 */
export function isEmergencyDialed(dialed: string): boolean {
  const meant = interpretDialedDigits({
    dialed,
    behavior: 'OPEN_DIAL_PLAN',
    extensionLength: 4,
    homeAreaCode: undefined,
    extensionExists: () => false,
  })
  return meant.kind === 'emergency'
}
