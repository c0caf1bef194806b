import { expect, test } from 'vitest'

import { readSimulateArguments } from './simulate-arguments.ts'

test('what is left out has a default', () => {
  expect(readSimulateArguments([])).toEqual({
    kind: 'run',
    users: 100,
    stayMs: 30_000,
    awayMs: 15_000,
    minutes: 60,
    url: null,
  })
})

test('what is given counts, also behind the -- of pnpm', () => {
  const args = ['--', '--users', '7', '--stay=1', '--away', '2', '--minutes', '3', '--url', 'https://a.b:1/c']
  expect(readSimulateArguments(args)).toEqual({
    kind: 'run',
    users: 7,
    stayMs: 1_000,
    awayMs: 2_000,
    minutes: 3,
    url: 'https://a.b:1',
  })
  expect(readSimulateArguments(['--help'])).toEqual({ kind: 'help' })
})

test.each([
  [['--users', '0'], /--users 0 .*1 to 20000/],
  [['--users', '20001'], /--users 20001 .*1 to 20000/],
  [['--users', '1e3'], /--users 1e3 .*1 to 20000/],
  [['--minutes', '-1'], /minutes/],
  [['--url', 'ftp://a'], /--url ftp:\/\/a .*http/],
  [['--colour', 'red'], /colour/],
  [['nobody'], /nobody/],
])('%j is refused by name', (args, fault) => {
  const answer = readSimulateArguments(args)
  if (answer.kind !== 'fault') throw new Error('was not refused')
  expect(answer.fault).toMatch(fault)
})
