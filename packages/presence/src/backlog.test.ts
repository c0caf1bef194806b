import { describe, expect, test } from 'vitest'

import { Backlog } from './backlog.ts'
import type { NetChange } from './tick.ts'

const change = (id: string, online: boolean, at = 0): NetChange => ({ id, name: id, key: id, online, at })
const net = (...changes: NetChange[]) => ({ changes, accounts: [], removals: [] })

describe('P9 what a slow connection has missed', () => {
  test('is the latest change of each user since the version it has heard of', () => {
    const backlog = new Backlog()
    backlog.add(net(change('a', true, 1)))
    backlog.add(net(change('a', false, 2), change('b', true, 2)))
    backlog.add(net(change('a', true, 3)))
    expect(backlog.since(1)).toEqual([change('a', true, 3), change('b', true, 2)])
    expect(backlog.since(2)).toEqual([change('a', true, 3)])
    expect(backlog.since(3)).toEqual([])
  })

  test('needs a fresh snapshot where accounts came or went meanwhile', () => {
    const backlog = new Backlog()
    backlog.add({ changes: [], accounts: [{ op: 'added', id: 'a', name: 'a' }], removals: [] })
    backlog.add(net(change('a', true)))
    expect(backlog.since(0)).toBeNull()
    expect(backlog.since(1)).toEqual([change('a', true)])
  })

  test('does not grow: who is too far behind needs a fresh snapshot', () => {
    const backlog = new Backlog({ capacity: 10 })
    for (let n = 1; n <= 100; n++) backlog.add(net(change(`u${n}`, true)))
    expect(backlog.version).toBe(100)
    expect(backlog.since(99)).toEqual([change('u100', true)])
    expect(backlog.since(95)).toHaveLength(5)
    expect(backlog.since(90)).toBeNull()
  })

  test('one flush above all bounds leaves nobody with a part of it', () => {
    const backlog = new Backlog({ capacity: 2 })
    backlog.add(net(change('a', true), change('b', true), change('c', true)))
    expect(backlog.since(0)).toBeNull()
    expect(backlog.since(1)).toEqual([])
  })
})
