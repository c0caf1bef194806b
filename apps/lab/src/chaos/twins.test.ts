import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import { faults } from './faults/index.ts'
import { twins } from './twins.ts'

const root = new URL('../../../../', import.meta.url)

test.each(twins)(
  '$name: what it lacks is there to be lacked, once, and its fault is in the list',
  ({ cuts, fault }) => {
    expect(faults.map(({ name }) => name)).toContain(fault)
    for (const { file, from, to } of cuts) {
      const parts = readFileSync(new URL(file, root), 'utf8').split(from)
      expect(parts, `${file} says it not once: ${from}`).toHaveLength(2)
      expect(to).not.toBe(from)
    }
  },
)
