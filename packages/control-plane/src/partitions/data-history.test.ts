import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'

let platform: TestControlPlane
let partition: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
})
afterAll(() => platform.stop())

async function newest(): Promise<Record<string, unknown> | undefined> {
  const found = (await platform.call('GET', `${partition}/data-history?maxResult=1`)).body['results'] as Record<string, unknown>[]
  return found[0]
}

it('what an operator does to templates, stock and its notices is in the history of the partition, with who did it and what was before', async () => {
  const template = await platform.call('POST', `${partition}/devicetemplate`, { name: 'Desks', settings: { timezone: 'US/Mountain' }, note: 'first' })
  expect(template.status).toBe(201)
  const path = `${partition}/devicetemplate/${String(template.body['id'])}`
  expect(await newest()).toMatchObject({ type: 'PARTITION_SETTINGS', actionType: 'CREATE', relatedDataType: 'DEVICE_TEMPLATE', relatedDataDisplayName: 'Desks', userName: 'operator@example.com' }) // prettier-ignore
  await platform.call('PUT', `${path}/version/1/rollout`, { percent: 50 })
  expect(JSON.parse(String((await newest())?.['newValue']))).toEqual({ name: 'Desks', version: 1, percent: 50, accountIds: [] })
  await platform.call('DELETE', path)
  expect(await newest()).toMatchObject({ actionType: 'DELETE', relatedDataType: 'DEVICE_TEMPLATE' })
  for (const [emails, old] of [
    [['a@example.com'], []],
    [[], ['a@example.com']],
  ]) {
    await platform.call('PUT', `${partition}/ratecenter/reordernotification`, emails)
    expect(await newest()).toMatchObject({ relatedDataType: 'REORDER_NOTIFICATION', oldValue: JSON.stringify(old), newValue: JSON.stringify(emails) })
  }
})
