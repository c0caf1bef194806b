import { expect, test } from 'vitest'

import { readChaosArguments } from './chaos-arguments.ts'

const read = (...args: string[]) => readChaosArguments(args, ['kill', 'freeze'], () => 0.5)

test('what is left out has a default, and the seed is drawn', () => {
  expect(read()).toEqual({ kind: 'run', runs: 1, only: [], lanes: 1, seed: 500_000, isTwins: false })
})

test('what is given counts', () => {
  expect(read('--', '--runs=5', '--only', 'freeze, kill', '--lanes', '2', '--seed', '7', '--twins')).toEqual({
    kind: 'run',
    runs: 5,
    only: ['freeze', 'kill'],
    lanes: 2,
    seed: 7,
    isTwins: true,
  })
  expect(read('-h')).toEqual({ kind: 'help' })
})

test.each([
  [['--runs', '0'], /--runs 0 .*1 to 100/],
  [['--lanes', 'many'], /--lanes many .*1 to 16/],
  [['--seed', '-1'], /seed/],
  [['--only', 'burn'], /--only burn .*kill, freeze/],
  [['--fast'], /fast/],
])('%j is refused by name', (args, fault) => {
  const answer = read(...args)
  if (answer.kind !== 'fault') throw new Error('was not refused')
  expect(answer.fault).toMatch(fault)
})
