import { expect, test } from 'vitest'

import { root } from './paths.mjs'
import { readReport } from './vitest-run.mjs'

const file = (/** @type {object[]} */ tests, more = {}) => ({
  name: `${root}a.test.ts`,
  status: 'passed',
  message: '',
  assertionResults: tests,
  ...more,
})
const passed = { status: 'passed', fullName: 'one is one', failureMessages: [] }

test('all passed', () => {
  expect(readReport({ testResults: [file([passed, passed])] }, 0, 'vitest')).toEqual({
    passed: 2,
    failures: [],
  })
})

test('a failed test is named with its file and its message', () => {
  const failed = { status: 'failed', fullName: 'one is two', failureMessages: ['expected 2'] }
  const report = { testResults: [file([passed, failed], { status: 'failed' })] }
  expect(readReport(report, 1, 'vitest')).toEqual({
    passed: 1,
    failures: [{ name: 'a.test.ts › one is two', message: 'expected 2' }],
  })
})

test.each(['skipped', 'pending', 'todo', 'disabled'])('a test that was %s counts as failed', (status) => {
  const outcome = readReport({ testResults: [file([passed, { status, fullName: 'later' }])] }, 0, 'vitest')
  expect(outcome.failures).toEqual([{ name: 'a.test.ts › later', message: `was ${status}, not run` }])
})

test('a file that could not be loaded counts as failed', () => {
  const outcome = readReport(
    { testResults: [file([], { status: 'failed', message: 'syntax error' })] },
    1,
    'vitest',
  )
  expect(outcome).toEqual({ passed: 0, failures: [{ name: 'a.test.ts', message: 'syntax error' }] })
})

test.each([
  ['an error outside of any test', { testResults: [file([passed])] }, 1],
  ['no report', null, 1],
  ['no tests', { testResults: [] }, 0],
])('%s is a failure', (_, report, code) => {
  expect(readReport(report, code, 'vitest').failures).toHaveLength(1)
})
