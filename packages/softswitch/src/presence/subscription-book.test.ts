import { describe, expect, it } from 'vitest'
import { SubscriptionBook } from './subscription-book.ts'

function subscription(address = '192.0.2.1') {
  const ended: string[] = []
  return { ended, source: { address }, end: (reason: string) => void ended.push(reason) }
}

describe('SubscriptionBook', () => {
  it('a line holds no more than the limit: the oldest is ended for the newest, other lines keep theirs', () => {
    const book = new SubscriptionBook(2)
    const [first, second, third, other] = [subscription(), subscription(), subscription(), subscription()]
    book.add('line-1', 'a', first)
    book.add('line-2', 'a', other)
    book.add('line-1', 'b', second)
    book.add('line-1', 'c', third)
    expect([first.ended, second.ended, third.ended, other.ended, book.size]).toEqual([['deactivated'], [], [], [], 3])
  })

  it('a phone that subscribes to the same again has one', () => {
    const book = new SubscriptionBook()
    const [before, after] = [subscription(), subscription()]
    const takeOut = book.add('line-1', 'a', before)
    book.add('line-1', 'a', after)
    takeOut()
    expect([before.ended, after.ended, book.size]).toEqual([['deactivated'], [], 1])
  })

  it('those of an address that is shut out end, others of the line do not', () => {
    const book = new SubscriptionBook()
    const [inside, outside] = [subscription(), subscription('198.51.100.7')]
    book.add('line-1', 'a', inside)
    book.add('line-1', 'b', outside)
    book.endAll('line-1', ['198.51.100.7'])
    expect([inside.ended, outside.ended, book.size]).toEqual([[], ['rejected'], 1])
  })

  it('the subscriptions of a deleted line end (S1-98), and nothing is left', () => {
    const book = new SubscriptionBook()
    const one = subscription()
    const takeOut = book.add('line-1', 'a', one)
    book.endAll('line-1')
    takeOut()
    expect([one.ended, book.size]).toEqual([['noresource'], 0])
  })
})
