import { expect, it } from 'vitest'
import { isLoopback } from './edge-gate.ts'

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['128.0.0.1', false],
  ['12.7.0.1', false],
  ['::2', false],
  ['::ffff:192.0.2.1', false],
])('%s is this machine itself: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected)
})
