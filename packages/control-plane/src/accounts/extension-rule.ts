import { checkExtension } from '@dialtone/numbering'
import type { FieldProblem } from '../failures/index.ts'
import type { AccountRow } from './account-queries.ts'

/** Whether an extension is possible on an account (S1-45, C-19): its length, and what it may begin with. */
export function extensionProblem(account: Pick<AccountRow, 'extension_length' | 'allow_dangerous_extensions'>, extension: string): FieldProblem | undefined {
  const { extension_length: extensionLength, allow_dangerous_extensions: allowDangerousExtensions } = account
  const problem = checkExtension({ extension, extensionLength, allowDangerousExtensions })
  if (problem === undefined) return undefined
  const first = allowDangerousExtensions ? '1' : '2'
  return {
    field: 'extension',
    code: 'InvalidExtension',
    reason: `"${extension}" is not possible on this account`,
    rule: `${extensionLength} digits, the first one ${first} to 8 (${problem})`,
  }
}
