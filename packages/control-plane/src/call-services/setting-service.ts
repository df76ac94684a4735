import type { ServiceAnswer, ServiceQuestion, ServiceTenant } from '@dialtone/softswitch'
import { systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { putCallOnRecord, switchUserSetting } from '../end-users/index.ts'

type SettingQuestion = Extract<ServiceQuestion, { kind: 'setting.switch' | 'call.trace' }>

/** A phone has dialed a code that changes something for good. */
export async function askSetting(context: Context, { partitionId, accountId }: ServiceTenant, question: SettingQuestion): Promise<ServiceAnswer> {
  const scope = systemScope(partitionId, accountId)
  const done =
    question.kind === 'setting.switch'
      ? await switchUserSetting(context, scope, question.userId, question.change)
      : await putCallOnRecord(context, scope, question.userId, question.last)
  return { kind: 'done', ok: done.ok }
}
