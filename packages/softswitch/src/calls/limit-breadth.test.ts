import { expect, it } from 'vitest'
import { limitBreadth } from './limit-breadth.ts'
import type { LegPlan } from './state/leg-plan.ts'

const to = { transport: 'udp', address: '127.0.0.1', port: 5060 } as const
const plans = ['one', 'two', 'three'].map((user): LegPlan => ({ kind: 'line', requestUri: `sip:${user}@test`, to, from: '', toHeader: '', headers: [] }))

it.each([
  [2, ['one 1', 'two 1']],
  [5, ['one 2', 'two 2', 'three 1']],
  [0, []],
])('Max-Breadth %i is divided among the forks and never exceeded (RFC 5393 5.3.3)', (maxBreadth, expected) => {
  expect(limitBreadth(plans, maxBreadth).map(({ requestUri, headers }) => `${requestUri.slice(4, -5)} ${headers[0]?.[1]}`)).toEqual(expected)
})

it('without Max-Breadth nothing is added', () => {
  expect(limitBreadth(plans, undefined)).toBe(plans)
})
