import { describe, expect, test } from 'vitest'

import { ME, nameOf, opened, rows, truth } from './testing/opened-directory.ts'

describe('a small directory', () => {
  test('shows me first, then who is online, then the others, each in name order', async () => {
    const { world, directory } = await opened(3, 4)
    expect(rows(directory)).toEqual(truth(world))
    expect(directory.store.getState().view).toMatchObject({ people: 8, online: 4 })
  })

  test('shows who comes, goes, signs up and is deleted', async () => {
    const { world, directory } = await opened(3, 4)
    world.turn('u5', 'online')
    world.turn('u1', 'offline')
    world.add('new', 'newcomer', 'online')
    world.remove('u6')
    world.remove('u0')
    expect(rows(directory)).toEqual(truth(world))
  })

  test('is right again after a loss of the connection, deletions too', async () => {
    const { world, directory } = await opened(3, 4)
    world.disconnect()
    world.turn('u5', 'online')
    world.turn('u1', 'offline')
    world.remove('u6')
    world.add('new', 'newcomer', 'offline')
    world.connect(ME)
    await world.settled()
    expect(rows(directory)).toEqual(truth(world))
  })

  test('is searched without asking anybody, in any case and part', async () => {
    const { world, directory } = await opened(3, 4)
    world.add('new', 'Ängström', 'offline')
    directory.search('ÄNG')
    expect(rows(directory)).toEqual(['-', 'Ängström offline'])
    directory.search('nobody')
    expect(directory.store.getState().view).toMatchObject({ people: 0, size: 0 })
    directory.search(' ')
    expect(rows(directory)).toEqual(truth(world))
  })

  test('rows keep their places while somebody points at them, and change there', async () => {
    const { world, directory } = await opened(3, 4)
    const before = rows(directory)
    directory.pointed()
    world.turn('u1', 'offline')
    expect(rows(directory)).toEqual(before.map((row) => (row === 'h-1 online' ? 'h-1 offline' : row)))
    await expect.poll(() => rows(directory), { timeout: 15_000 }).toEqual(truth(world))
  })

  test('that grows large goes over to windows', async () => {
    const { world, directory } = await opened(3, 1_190)
    for (let i = 0; i < 30; i++) world.add(`x${i}`, `x${i}`, 'offline')
    await world.settled()
    directory.show(0, 20)
    await world.settled()
    expect(rows(directory, 0, 20)).toEqual(truth(world).slice(0, 21))
    world.add('late', 'a-late', 'online')
    expect(rows(directory, 0, 20)).toEqual(truth(world).slice(0, 21))
  })
})

describe.each([
  ['small', 20, 60],
  ['large', 500, 1_500],
])('a %s directory, whatever happens', (_size, online, offline) => {
  test.each([1, 2, 3, 4, 5, 6])('%i: shows every row once, in order, as it is', async (seed) => {
    const { world, directory } = await opened(online, offline)
    const next = random(seed)
    const total = online + offline
    let first = 0
    for (let step = 0; step < 150; step++) {
      const id = `u${next(total)}`
      const dice = next(20)
      if (dice < 8) world.turn(id, 'online')
      else if (dice < 16) world.turn(id, 'offline')
      else if (dice === 16) world.remove(id)
      else if (dice === 17) world.add(`new-${seed}-${step}`, nameOf(1_000_000 + step), 'online')
      else first = next(2) === 0 ? next(total) : Math.max(0, Math.min(total, first + next(60) - 30))
      directory.show(first, first + 20)
      if (next(4) === 0) await world.settled()
      if (next(50) === 0) {
        world.disconnect()
        world.turn(`u${next(total)}`, 'offline')
        world.remove(`u${next(total)}`)
        world.connect(ME)
      }
    }
    await world.settled()
    const shown = rows(directory, first, first + 20)
    const named = shown.filter((row) => row !== '-')
    expect(new Set(named).size).toBe(named.length)
    const all = truth(world)
    expect(named.map((row) => all.indexOf(row))).toEqual(
      named
        .map((row) => all.indexOf(row))
        .filter((index) => index >= 0)
        .toSorted((a, b) => a - b),
    )
    if (_size === 'small') expect(rows(directory)).toEqual(all)
  })
})

/** Numbers below `most`, the same for a seed. */
function random(seed: number): (most: number) => number {
  let state = seed * 2_654_435_761
  return (most) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) | 0
    return ((state ^ (state >>> 13)) >>> 0) % most
  }
}

describe('a large directory', () => {
  test('knows how long it is, and loads what is looked at', async () => {
    const { world, directory } = await opened(700, 1_500)
    const expected = truth(world)
    expect(directory.store.getState().view.size).toBe(expected.length)
    for (const first of [0, 90, 300, 500, 685, 720, 760, 1_400, 2_180, 1_300, 650, 0]) {
      directory.show(first, first + 20)
      await world.settled()
      expect(rows(directory, first, first + 20)).toEqual(expected.slice(first, first + 21))
    }
  })

  test('asks for nothing while one looks at what is there', async () => {
    const { world, directory } = await opened(700, 1_500)
    directory.show(0, 20)
    await world.settled()
    const { watches } = world
    for (let first = 0; first < 100; first += 5) directory.show(first, first + 20)
    await world.settled()
    expect(world.watches).toBe(watches)
  })

  test('shows who comes and goes where one looks, among those online', async () => {
    const { world, directory } = await opened(700, 1_500)
    directory.show(300, 320)
    await world.settled()
    const before = truth(world)[310]
    const gone = world.all('online').find(({ username }) => before === `${username} online`)
    world.turn(gone!.id, 'offline')
    expect(rows(directory, 300, 320)).toEqual(truth(world).slice(300, 321))
    world.turn(gone!.id, 'online')
    expect(rows(directory, 300, 320)).toEqual(truth(world).slice(300, 321))
  })

  test('shows who comes, goes and is deleted where one looks, among the others', async () => {
    const { world, directory } = await opened(50, 1_500)
    directory.show(800, 820)
    await world.settled()
    const offline = world.all('offline')
    world.turn(offline[750]!.id, 'online')
    world.remove(offline[756]!.id)
    expect(rows(directory, 800, 820)).toEqual(truth(world).slice(800, 821))
    world.turn(offline[750]!.id, 'offline')
    expect(rows(directory, 800, 820)).toEqual(truth(world).slice(800, 821))
  })

  test('keeps the places of the others when somebody signs up', async () => {
    const { world, directory } = await opened(50, 1_500)
    directory.show(800, 820)
    await world.settled()
    world.add('new', 'a-newcomer', 'online')
    expect(rows(directory, 800, 820)).toEqual(truth(world).slice(800, 821))
  })

  test('keeps the places of the others when somebody is told of again as he was', async () => {
    const { world, directory } = await opened(300, 1_500)
    directory.show(0, 20)
    await world.settled()
    directory.show(1_000, 1_020)
    await world.settled()
    const [came, left] = [world.all('offline')[3]!, world.all('online')[3]!]
    world.turn(came.id, 'online')
    world.turn(left.id, 'offline')
    for (let n = 0; n < 3; n++) world.repeat(n === 1 ? left.id : came.id)
    expect(rows(directory, 1_000, 1_020)).toEqual(truth(world).slice(1_000, 1_021))
    world.repeat(left.id)
    expect(rows(directory, 1_000, 1_020)).toEqual(truth(world).slice(1_000, 1_021))
  })

  test('believes the websocket more than a page that was under way', async () => {
    const { world, directory } = await opened(50, 1_500)
    directory.show(800, 820)
    world.turn(world.all('offline')[755]!.id, 'online')
    await world.settled()
    expect(rows(directory, 800, 820)).toEqual(truth(world).slice(800, 821))
  })

  test('is right again after a loss of the connection', async () => {
    const { world, directory } = await opened(50, 1_500)
    directory.show(40, 60)
    await world.settled()
    world.disconnect()
    for (let i = 0; i < 200; i++) world.turn(`u${i}`, i % 3 === 0 ? 'online' : 'offline')
    world.remove('u100')
    world.connect(ME)
    await world.settled()
    directory.show(40, 60)
    await world.settled()
    expect(rows(directory, 40, 60)).toEqual(truth(world).slice(40, 61))
  })

  test('is searched by the server, and what is found is watched', async () => {
    const { world, directory } = await opened(700, 1_500)
    directory.search('a-1')
    world.turn('u0', 'offline')
    expect(directory.store.getState()).toMatchObject({ query: '', view: { people: 2_201 } })
    await expect.poll(() => directory.store.getState().query, { timeout: 15_000 }).toBe('a-1')
    await world.settled()
    const found = () => truth(world).filter((row) => row === '-' || row.startsWith('a-1'))
    expect(rows(directory)).toEqual(found())
    const someone = world.all('offline').find(({ username }) => username.startsWith('a-1'))
    world.turn(someone!.id, 'online')
    expect(rows(directory)).toEqual(found())
    world.add('new', 'a-1new', 'online')
    await expect.poll(() => rows(directory), { timeout: 15_000 }).toEqual(found())

    world.disconnect()
    world.turn(someone!.id, 'offline')
    world.connect(ME)
    await expect.poll(() => rows(directory), { timeout: 15_000 }).toEqual(found())
    world.turn(someone!.id, 'online')
    expect(rows(directory)).toEqual(found())

    directory.search('')
    await world.settled()
    directory.show(0, 20)
    await world.settled()
    expect(rows(directory, 0, 20)).toEqual(truth(world).slice(0, 21))
  })

  test('a search finds who signed up and came online between its two pages', async () => {
    const { world, directory } = await opened(700, 1_500)
    directory.search('a-1')
    await expect.poll(() => directory.store.getState().query, { timeout: 15_000 }).toBe('a-1')
    await world.settled()
    world.onPage = ({ status }) => {
      if (status === 'offline') world.turn('new', 'online')
    }
    world.add('new', 'a-1new', 'offline')
    await expect.poll(() => rows(directory), { timeout: 15_000 }).toContain('a-1new online')
  })

  test('a search that finds very many shows more as one goes on, up to what can be watched', async () => {
    const { world, directory } = await opened(700, 1_500)
    directory.search('-')
    await expect.poll(() => directory.store.getState().query, { timeout: 15_000 }).toBe('-')
    await world.settled()
    expect(directory.store.getState().view).toMatchObject({ people: -1 })
    for (let i = 0; i < 30; i++) {
      const { size } = directory.store.getState().view
      directory.show(size - 20, size - 1)
      await world.settled()
    }
    expect(directory.store.getState()).toMatchObject({ isCut: true, view: { people: -1 } })
    expect(rows(directory)).toHaveLength(500)
  })
})
