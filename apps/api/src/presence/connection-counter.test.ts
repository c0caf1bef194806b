import { expect, test } from 'vitest'

import { LocalConnectionCounter } from './connection-counter.ts'

test('one process counts the connections of sessions by itself', async () => {
  const counter = new LocalConnectionCounter({ connectionsOf: (session) => session.length })
  expect(await counter.count(['', 'ab'])).toEqual(
    new Map([
      ['', 0],
      ['ab', 2],
    ]),
  )
})
