import { expect, test } from 'vitest'

import { MessageBudget } from './message-budget.ts'

/** How many of `count` messages, `every` ms apart, are taken in a row. */
function taken(budget: MessageBudget, count: number, every: number): number {
  let paidUntil = 0
  for (let n = 0; n < count; n++) {
    const next = budget.spend(paidUntil, 1_000 + n * every)
    if (next === null) return n
    paidUntil = next
  }
  return count
}

test('a socket may send a burst of 50 messages, and 20 a second after it', () => {
  const budget = new MessageBudget({ perSecond: 20 })
  expect(taken(budget, 1_000, 0)).toBe(50)
  expect(taken(budget, 1_000, 50)).toBe(1_000)
  expect(taken(budget, 1_000, 25)).toBeGreaterThan(90)
  expect(taken(budget, 1_000, 25)).toBeLessThan(110)
})

test('a limit above 50 a second is a burst, too', () => {
  expect(taken(new MessageBudget({ perSecond: 200 }), 1_000, 0)).toBe(200)
  expect(taken(new MessageBudget({ perSecond: 1 }), 1_000, 0)).toBe(50)
})
