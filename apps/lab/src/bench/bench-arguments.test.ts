import { expect, test } from 'vitest'

import { readBenchArguments } from './bench-arguments.ts'

const names = ['fanout', 'idle']
const read = (...args: string[]) => readBenchArguments(args, names)

test('what is left out has a default', () => {
  expect(read()).toEqual({ runs: 3, only: null, quick: false })
  expect(read('--quick').runs).toBe(1)
})

test('what is given counts, also behind the -- of pnpm', () => {
  expect(read('--', '--runs', '5', '--only=idle,fanout')).toEqual({
    runs: 5,
    only: ['idle', 'fanout'],
    quick: false,
  })
})

test.each([[['--runs', '0']], [['--runs', 'x']], [['--only', 'tea']], [['--loud']]])(
  '%j is refused',
  (args) => {
    expect(() => read(...args)).toThrow(args.at(-1))
  },
)
