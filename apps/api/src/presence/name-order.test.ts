import { nameKey } from '@rollcall/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { orderKey } from './name-order.ts'

test('the quick key is the key', () => {
  const ascii = fc.string({ unit: 'grapheme-ascii' })
  fc.assert(
    fc.property(fc.oneof(ascii, fc.string({ unit: 'grapheme' })), (name) => {
      expect(orderKey(name)).toBe(nameKey(name))
    }),
  )
})
