import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import { changeSupervision, NO_SUPERVISION, readSupervision, SUPERVISION_MODES, SUPERVISION_NOTICES } from './call-supervision.ts'

const PATH = '/v2/partition/:partitionId/account/:accountId/call-supervision'
const TAG = 'Calls'

const CallSupervisionBody = named(
  'CallSupervisionRequest',
  Type.Object({
    enabled: Type.Boolean(),
    modes: Type.Optional(Type.Array(oneOf(SUPERVISION_MODES), { minItems: 1, maxItems: SUPERVISION_MODES.length, uniqueItems: true })),
    notice: Type.Optional(oneOf(SUPERVISION_NOTICES)),
  }),
)
const CallSupervisionView = named(
  'CallSupervision',
  Type.Object({ enabled: Type.Boolean(), modes: Type.Array(oneOf(SUPERVISION_MODES)), notice: oneOf(SUPERVISION_NOTICES) }),
)

export const callSupervisionOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: PATH,
    tag: TAG,
    summary: 'Whether calls of an account may be listened to, and how those who talk are told',
    requires: { permission: 'Account', level: 'READ' },
    responses: { 200: CallSupervisionView },
    handle: async (context, { scope }) => {
      const { enabled, modes, notice } = await readSupervision(context, scope)
      return ok({ status: 200, body: { enabled, modes: [...modes], notice } })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: PATH,
    tag: TAG,
    summary: 'Allow or forbid listening to calls of an account',
    requires: { permission: 'Account', level: 'EDIT' },
    body: CallSupervisionBody,
    responses: { 200: CallSupervisionView },
    handle: async (context, { principal, scope, body }) => {
      const wanted = { ...NO_SUPERVISION, ...body }
      const changed = await changeSupervision(context, principal, scope, wanted)
      return changed.ok ? ok({ status: 200, body: { ...wanted, modes: [...wanted.modes] } }) : changed
    },
  }),
]
