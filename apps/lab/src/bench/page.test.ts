import { expect, test } from 'vitest'

import { between } from './page.ts'

test('what is between the marks is replaced, and nothing else', () => {
  const page = 'before <!-- bench:a --> old <!-- /bench:a --> <!-- bench:b --> <!-- /bench:b --> after'
  expect(between(page, 'a', 'new')).toBe(
    'before <!-- bench:a -->\n\nnew\n\n<!-- /bench:a --> <!-- bench:b --> <!-- /bench:b --> after',
  )
  expect(() => between(page, 'c', 'new')).toThrow('c')
})
