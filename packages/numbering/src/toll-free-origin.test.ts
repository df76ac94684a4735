import { expect, it } from 'vitest'
import { tollFreeOriginOf } from './index.ts'

it.each([
  ['18015550100', 'US'],
  ['17875550100', 'US'],
  ['14165550100', 'CANADA'],
  ['18765550100', 'CARIBBEAN'],
  ['18005550100', undefined],
  ['442079460000', undefined],
  ['', undefined],
])('a toll-free call of %s comes from %s', (number, origin) => {
  expect(tollFreeOriginOf(number)).toBe(origin)
})
