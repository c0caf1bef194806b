import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { PRODUCT_FLAGS } from './product.ts'

test.each(['package.json', 'Dockerfile'])('%s runs the product as it is measured', (file) => {
  const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')
  for (const flag of PRODUCT_FLAGS) expect(text).toContain(flag)
})
