import { expect, test } from 'vitest'

import { readSeedArguments } from './seed-arguments.ts'

test('a thousand are added where nothing is asked for', () => {
  expect(readSeedArguments([])).toEqual({ kind: 'run', users: 1000 })
})

test('what is asked for counts, also behind the -- of pnpm', () => {
  expect(readSeedArguments(['--users', '100000'])).toEqual({ kind: 'run', users: 100_000 })
  expect(readSeedArguments(['--', '--users=7'])).toEqual({ kind: 'run', users: 7 })
  expect(readSeedArguments(['-h'])).toEqual({ kind: 'help' })
})

test.each([
  [['--users', '0'], /--users 0 .*1 to 10000000/],
  [['--users', '10000001'], /--users 10000001 .*1 to 10000000/],
  [['--users', '1e3'], /--users 1e3 .*1 to 10000000/],
  [['--users', ''], /--users {2}is .*1 to 10000000/],
  [['--users'], /users/],
  [['--user', '5'], /--user/],
  [['5'], /5/],
])('%j is refused by name', (args, fault) => {
  const answer = readSeedArguments(args)
  if (answer.kind !== 'fault') throw new Error('was not refused')
  expect(answer.fault).toMatch(fault)
})
