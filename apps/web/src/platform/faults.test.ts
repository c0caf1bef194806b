import { HttpProblem, NetworkFailure } from '@rollcall/client'
import { describe, expect, test } from 'vitest'

import { faultsOf } from './faults.ts'

const FIELDS = ['username', 'password']

function refused(
  status: number,
  errors?: { field: string; message: string }[],
  retryAfter?: number,
): HttpProblem {
  const problem = { type: 'about:blank', title: 'No', status, detail: 'The whole of it.' }
  return new HttpProblem(errors === undefined ? problem : { ...problem, errors }, retryAfter)
}

describe('what a form says', () => {
  test('stands at the fields that are wrong', () => {
    const errors = [
      { field: 'username', message: 'It is taken.' },
      { field: 'password', message: 'Too short.' },
      { field: 'password', message: 'Too common.' },
    ]
    expect(faultsOf(refused(400, errors), FIELDS)).toEqual({
      fields: { username: 'It is taken.', password: 'Too short.' },
    })
  })

  test('stands above, where no field of the form is meant', () => {
    expect(faultsOf(refused(403), FIELDS)).toEqual({ form: 'The whole of it.', fields: {} })
    const errors = [{ field: 'newPassword', message: 'Too short.' }]
    expect(faultsOf(refused(400, errors), FIELDS)).toEqual({ form: 'Too short.', fields: {} })
  })

  test.each([
    [undefined, 'in a moment'],
    [1, 'in 1 second'],
    [30, 'in 30 seconds'],
    [600, 'in 10 minutes'],
  ])('says when to try again: %s s', (retryAfter, words) => {
    expect(faultsOf(refused(429, undefined, retryAfter), FIELDS).form).toContain(words)
    expect(faultsOf(refused(503, undefined, retryAfter), FIELDS).form).toContain(words)
  })

  test.each([new NetworkFailure('no'), new TypeError('no'), 'no'])('without an answer: %s', (error) => {
    expect(faultsOf(error, FIELDS).form).toContain('We can’t reach the server')
  })
})
