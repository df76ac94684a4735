import { describe, expect, it } from 'vitest'
import { rewriteNumber } from './number-rule.ts'

describe('rewriteNumber', () => {
  it.each([
    [
      'the first rule that fits decides',
      [
        { prefix: '1', strip: 1, prepend: '' },
        { prefix: '', strip: 0, prepend: '+' },
      ],
      '16075550100',
      '6075550100',
      0,
    ],
    [
      'one that does not begin so is passed over',
      [
        { prefix: '44', strip: 0, prepend: '9' },
        { prefix: '1', strip: 0, prepend: '+' },
      ],
      '16075550100',
      '+16075550100',
      1,
    ],
    [
      'length counts',
      [
        { prefix: '', maxLength: 10, strip: 0, prepend: '1' },
        { prefix: '+', minLength: 3, strip: 1, prepend: '' },
      ],
      '+16075550100',
      '16075550100',
      1,
    ],
    ['without one it stays', [{ prefix: '49', strip: 2, prepend: '0' }], '16075550100', '16075550100', undefined],
    ['nothing is left of a number that is shorter than what goes', [{ prefix: '', strip: 9, prepend: '' }], '911', '', 0],
  ])('%s', (_what, rules, number, rewritten, ruleIndex) => {
    expect(rewriteNumber(rules, number)).toEqual({ number: rewritten, ruleIndex })
  })
})
