import { beforeEach, describe, expect, test } from 'vitest'

import { Tick } from './tick.ts'
import type { Truth } from './tick.ts'
import { Told } from './told.ts'

class World implements Truth {
  readonly online = new Map<string, string>()
  isOnline = (id: string) => this.online.has(id)
  nameOf = (id: string) => this.online.get(id)
  changedAt = (_: string, online: boolean) => (online ? 1 : 2)
}

let world: World
let told: Told
let tick: Tick
const flush = () => tick.flush(told, world)
const come = (id: string, name = id) => {
  world.online.set(id, name)
  tick.changed([id])
}
const go = (id: string) => {
  world.online.delete(id)
  tick.changed([id])
}
const added = (id: string) => tick.account([{ op: 'added', id, name: id }])
const removed = (id: string) => tick.account([{ op: 'removed', id, name: id }])

beforeEach(() => {
  world = new World()
  told = new Told({ keyOf: (name) => name.toLowerCase() })
  tick = new Tick()
})

describe('a tick', () => {
  test('P2 tells who came and who went, with the time of the change', () => {
    come('a', 'Ana')
    expect(flush().changes).toEqual([{ id: 'a', name: 'Ana', key: 'ana', online: true, at: 1 }])
    go('a')
    expect(flush().changes).toEqual([{ id: 'a', name: 'Ana', key: 'ana', online: false, at: 2 }])
    expect(tick.isEmpty).toBe(true)
  })

  test('P2 on, off and on again in one tick is told once, off and on again not at all', () => {
    come('a')
    go('a')
    come('a')
    expect(flush().changes).toHaveLength(1)
    go('a')
    come('a')
    expect(flush()).toEqual({ changes: [], accounts: [], removals: [] })
  })

  test('P14 what is told changes with the flush only', () => {
    come('a')
    expect(told.get('a')).toBeUndefined()
    flush()
    expect(told.get('a')).toBeDefined()
  })

  test('an account that was created is told in order', () => {
    added('a')
    added('b')
    expect(flush().accounts.map((c) => c.id)).toEqual(['a', 'b'])
  })

  test('an account that was created and deleted in one tick is nothing to who watches all', () => {
    added('a')
    removed('a')
    const net = flush()
    expect(net.accounts).toEqual([])
    expect(net.removals).toEqual([{ op: 'removed', id: 'a', name: 'a', key: null }])
  })

  test('an account that was seen online before its creation was heard of is told to be deleted', () => {
    come('a')
    flush()
    added('a')
    removed('a')
    expect(flush().accounts).toEqual([{ op: 'removed', id: 'a', name: 'a' }])
  })

  test('a deletion implies offline: the user is told of once, and never again while his sockets close', () => {
    come('a')
    flush()
    removed('a')
    tick.changed(['a'])
    const net = flush()
    expect(net.changes).toEqual([])
    expect(net.removals).toEqual([{ op: 'removed', id: 'a', name: 'a', key: 'a' }])
    tick.changed(['a'])
    expect(flush().changes).toEqual([])
    go('a')
    expect(flush().changes).toEqual([])
    expect(told.size).toBe(0)
  })

  test('a name that was given up and taken by another is one deletion and one arrival', () => {
    come('a', 'Ana')
    flush()
    removed('a')
    world.online.delete('a')
    added('b')
    come('b', 'Ana')
    const net = flush()
    expect(net.accounts.map(({ op, id }) => `${op} ${id}`)).toEqual(['removed a', 'added b'])
    expect(net.changes.map((c) => c.id)).toEqual(['b'])
    expect(told.after(null, 9).map((p) => p.id)).toEqual(['b'])
  })

  test('that has very many to look at leaves some for the next', () => {
    for (let n = 0; n < 30_000; n++) come(`user ${n}`)
    expect(flush().changes).toHaveLength(20_000)
    expect(tick.isEmpty).toBe(false)
    go('user 29999')
    expect(flush().changes).toHaveLength(9_999)
    expect(tick.isEmpty).toBe(true)
  })
})
