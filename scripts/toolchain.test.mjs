import { expect, test } from 'vitest'

import { isNewEnough } from './toolchain.mjs'

test.each([
  ['v20.20.2', false],
  ['v22.17.9', false],
  ['v22.18.0', true],
  ['v22.21.1', true],
  ['v23.0.0', true],
  ['v24.0.0', true],
])('Node %s runs the sources: %s', (version, answer) => {
  expect(isNewEnough(version)).toBe(answer)
})
