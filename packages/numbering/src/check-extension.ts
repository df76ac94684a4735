import { recognizeEmergency } from './recognize-emergency.ts'
import { isServiceCode } from './short-codes.ts'

export type ExtensionProblem = 'InvalidExtension' | 'InvalidExtensionLength' | 'DangerousExtension' | 'ReservedExtension'

/**
 * Whether an account may give out this extension (S1-45, C-19): as many digits as the account's extensions have, the first one
 * 2 to 8, or also 1 when the account allows dangerous extensions (1 begins long-distance numbers). Never a spelling of an
 * emergency number (112, 1911, 1933) nor an N11 code: those always reach their service, such a phone could not be called.
 * @returns undefined when it may.
 */
export function checkExtension(o: {
  readonly extension: string
  readonly extensionLength: number
  readonly allowDangerousExtensions: boolean
}): ExtensionProblem | undefined {
  if (!/^\d+$/.test(o.extension)) return 'InvalidExtension'
  if (o.extension.length !== o.extensionLength) return 'InvalidExtensionLength'
  if (recognizeEmergency(o.extension) !== undefined || isServiceCode(o.extension)) return 'ReservedExtension'
  if (o.extension.startsWith('1')) return o.allowDangerousExtensions ? undefined : 'DangerousExtension'
  return /^[2-8]/.test(o.extension) ? undefined : 'InvalidExtension'
}
