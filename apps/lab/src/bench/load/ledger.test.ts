import { expect, test } from 'vitest'

import type { HeardChange } from './heard.ts'
import { Ledger } from './ledger.ts'

const came = (name: string, mark = '1'): HeardChange => ({ name, online: true, mark })
const frame = (...changes: HeardChange[]) => ({ kind: 'changes', changes }) as const

function ledgerOf(watchers: number, ...names: string[]): Ledger {
  const ledger = new Ledger(watchers)
  for (const name of names) ledger.happened(name, true, { at: 100, isMeasured: true })
  return ledger
}

test('who was told each change once, in whatever frames, was told rightly', () => {
  const ledger = ledgerOf(2, 'ana', 'ben')
  expect(ledger.wronged()).toBe(2)
  ledger.told(0, frame(came('ana'), came('ben')), 110)
  ledger.told(1, frame(came('ana')), 110)
  expect(ledger.wronged()).toBe(1)
  ledger.told(1, frame(came('ben')), 130)
  expect([ledger.wronged(), ledger.unexpected]).toEqual([0, 0])
  expect(ledger.arrivals.quantile(0.75)).toBeCloseTo(10.1)
  expect(ledger.arrivals.quantile(1)).toBeCloseTo(30.1)
})

test('what is told twice to one is noticed, also where another was told nothing', () => {
  const ledger = ledgerOf(1, 'ana', 'ben')
  ledger.told(0, frame(came('ana')), 110)
  ledger.told(0, frame(came('ana')), 110)
  expect(ledger.wronged()).toBe(1)
})

test('what never happened is noticed', () => {
  const ledger = ledgerOf(1, 'ana')
  ledger.told(0, frame(came('ana', '1'), came('ana', '2')), 110)
  expect(ledger.unexpected).toBe(1)
})

test('the same change again later is another', () => {
  const ledger = ledgerOf(1, 'ana', 'ana')
  ledger.told(0, frame(came('ana', '1')), 110)
  ledger.told(0, frame(came('ana', '2')), 120)
  expect([ledger.wronged(), ledger.unexpected]).toEqual([0, 0])
})
