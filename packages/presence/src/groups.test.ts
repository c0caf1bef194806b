import { expect, test } from 'vitest'

import { Groups } from './groups.ts'

test('P10 watchers who hear of the same changes share one group, whatever else the others hear', () => {
  const groups = new Groups<string>()
  groups.add('both', 0)
  groups.add('first', 0)
  groups.add('both', 1)
  groups.add('both too', 0)
  groups.add('both too', 1)
  groups.add('both too', 1)
  groups.add('second', 1)
  groups.add('eleventh', 10)
  expect([...groups.all()]).toEqual([
    { entries: [0, 1], watchers: ['both', 'both too'] },
    { entries: [0], watchers: ['first'] },
    { entries: [1], watchers: ['second'] },
    { entries: [10], watchers: ['eleventh'] },
  ])
})
