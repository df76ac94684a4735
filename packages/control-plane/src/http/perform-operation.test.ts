import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import type { Permissions, Principal } from '../access/index.ts'
import { openOperation, operationPerformer } from './index.ts'

const operation = openOperation({
  method: 'PATCH',
  path: '/v2/thing/:thingId',
  tag: 'Test',
  summary: 'x',
  requires: { permission: 'EU_User', level: 'EDIT' },
  params: Type.Object({ thingId: Type.String() }),
  body: Type.Object({ size: Type.Integer({ minimum: 1 }) }),
  responses: {},
  handle: (_context, { params, body }) => Promise.resolve(ok({ status: 200, body: { thing: params.thingId, size: body.size } })),
})
const performer = operationPerformer()
performer.learn([operation])

function caller(permissions: Permissions): Principal {
  return { userId: 'u', userType: 'ManagementUser', username: 'u', partitionId: 'p', visiblePartitionIds: ['p'], accountId: undefined, permissions }
}

/** Only the parts of a context that the operation above asks for: none. */
const context = {} as Parameters<typeof performer.perform>[0]
const call = { method: 'PATCH', path: '/v2/thing/:id', params: { id: 'a' }, body: { size: '2' } } as const

describe('an operation performed without HTTP', () => {
  it('does what the request would do: parameters by place, types coerced', async () => {
    expect(await performer.perform(context, caller({ EU_User: 'EDIT' }), { ...call })).toEqual({
      ok: true,
      value: { status: 200, body: { thing: 'a', size: 2 } },
    })
  })

  it('needs the same permission', async () => {
    for (const permissions of [{}, { EU_User: 'READ' }, { EU_User: 'EDIT_MYUSER' }, { EU_Device: 'DELETE' }] as const)
      expect(await performer.perform(context, caller(permissions), { ...call })).toMatchObject({ ok: false, error: { code: 'NotPermitted' } })
  })

  it('refuses the same bodies', async () => {
    const refused = await performer.perform(context, caller({ EU_User: 'EDIT' }), { ...call, body: { size: 0 } })
    expect(refused).toMatchObject({ ok: false, error: { code: 'InvalidSize' } })
    expect(performer.check({ ...call, body: { size: '\u0000' } })).toMatchObject({ ok: false, error: { code: 'InvalidSize' } })
  })

  it('is none when there is no such operation', async () => {
    expect(await performer.perform(context, caller({ EU_User: 'EDIT' }), { ...call, method: 'PUT' })).toMatchObject({
      ok: false,
      error: { code: 'InvalidOperation' },
    })
  })
})
