import { expect, test } from 'vitest'

import type { Fault, Measure } from './fault.ts'
import { reliabilityPage } from './report.ts'
import type { RunResult } from './run-fault.ts'
import { DEFAULT_TIMING } from './timing.ts'

const fault: Fault = {
  name: 'kill',
  title: 'kill -9',
  promised: ({ leaseMs }) => `within ${leaseMs} ms`,
  convergenceMs: () => 0,
  run: () => Promise.resolve([]),
}

const ghosts = (value: number): Measure => ({ what: 'ghosts', value, unit: 'ms', limit: 12_000 })
const result = (value: number, rest: Partial<RunResult> = {}): RunResult => ({
  fault: 'kill',
  seed: 1,
  measures: [ghosts(value), { what: 'flicker', value: 0, unit: 'changes', limit: 0 }],
  wrongOfflines: 0,
  memory: 100,
  problems: [],
  ...rest,
})

const twin = { name: 'no-burial', without: 'P6: burial', fault: 'kill', bites: /ghost/, cuts: [] }

const rowOf = (results: RunResult[]) =>
  reliabilityPage([{ fault, results }], [twin], DEFAULT_TIMING, '2 cores')
    .split('\n')
    .find((line) => line.startsWith('| kill -9'))

test('a row says what was promised, the median and the worst of all runs, and that it was kept', () => {
  expect(rowOf([result(9_000), result(940), result(10_260)])).toBe(
    '| kill -9 | within 6000 ms | ghosts: 9.0 s, 10.3 s<br>flicker: 0, 0 | 0 | kept |',
  )
})

test('a run that broke a promise is not hidden by those that kept it', () => {
  const row = rowOf([result(9_000), result(9_000, { wrongOfflines: 2, problems: ['wrong offline'] })])
  expect(row).toMatch(/\| 2 \| \*\*broken in 1 of 2\*\* \|$/)
})

test('it says which defences were taken away to see whether the suite can fail', () => {
  const page = reliabilityPage([{ fault, results: [] }], [twin], DEFAULT_TIMING, '2 cores')
  expect(page).toContain('| P6: burial | kill -9 |')
})
