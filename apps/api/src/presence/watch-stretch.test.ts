import { describe, expect, test } from 'vitest'

import { openHouse } from './testing/open-house.ts'
import type { PresenceClient } from './testing/presence-client.ts'
import type { PresenceHouse } from './testing/presence-house.ts'
import { aWhile, until } from './testing/until.ts'

describe('a watch of a stretch', () => {
  const names = Array.from({ length: 9 }, (_, n) => `U${n + 1}`)

  async function openWithPeople(): Promise<{ house: PresenceHouse; client: PresenceClient }> {
    const house = await openHouse()
    const client = await house.connect(house.user('U0'))
    for (const name of names) house.node.open(`c-${name}`, `s-${name}`, house.user(name))
    await aWhile(100)
    return { house, client }
  }
  const rows = (client: PresenceClient) =>
    client
      .of('snapshot')
      .filter(({ scope }) => scope === 'online')
      .at(-1)
      ?.users.map(({ username }) => username)

  test('is answered for both scopes, and says where it begins and ends and how many are before it', async () => {
    const { client } = await openWithPeople()
    const answers = await client.watch({ users: ['id-U9'], online: { from: 'u3', limit: 4 } })
    expect(answers.map(({ scope }) => scope).toSorted()).toEqual(['online', 'users'])
    expect(rows(client)).toEqual(['U3', 'U4', 'U5', 'U6'])
    expect(client.window).toEqual({ from: 'u3', to: 'U6', before: 3 })
    await client.watch({ users: [], online: { from: 8, limit: 4 } })
    expect(client.window).toEqual({ from: 'U8', to: null, before: 8 })
    await client.watch({ users: [], online: { from: null, limit: 2 } })
    expect(client.window).toEqual({ from: null, to: 'U1', before: 0 })
  })

  test('P10 tells who comes or goes between the two names, and nobody else', async () => {
    const { house, client } = await openWithPeople()
    await client.watch({ users: [], online: { from: 'u3', limit: 4 } })
    for (const name of ['U3a', 'U6', 'U7', 'A', 'U60']) {
      if (names.includes(name)) house.node.endSession(`id-${name}`, `s-${name}`)
      else house.node.open(`c-${name}`, `s-${name}`, house.user(name))
      await aWhile(70)
    }
    await until(() => client.told.length >= 2)
    await aWhile(100)
    expect(client.told).toEqual(['U3a online', 'U6 offline'])
  })

  test('from the very beginning holds newcomers who sort first; to the end of the list, those who sort last', async () => {
    const { house, client } = await openWithPeople()
    await client.watch({ users: [], online: { from: null, limit: 20 } })
    house.node.open('c-a', 's-a', house.user('Aaron'))
    house.node.open('c-z', 's-z', house.user('Zoe'))
    await until(() => client.online.includes('Aaron') && client.online.includes('Zoe'))
  })

  test('with more than twice as many as were asked for, is told anew with another end', async () => {
    const { house, client } = await openWithPeople()
    await client.watch({ users: [], online: { from: 'U2', limit: 3 } })
    expect(client.window).toEqual({ from: 'U2', to: 'U4', before: 2 })
    for (const name of ['U20', 'U21', 'U22']) house.node.open(`c-${name}`, `s-${name}`, house.user(name))
    await until(() => client.told.length === 3)
    expect(client.of('snapshot').filter(({ scope }) => scope === 'online')).toHaveLength(1)
    house.node.open('c-U23', 's-U23', house.user('U23'))
    await until(() => client.of('snapshot').filter(({ scope }) => scope === 'online').length === 2)
    expect(rows(client)).toEqual(['U2', 'U20', 'U21'])
    expect(client.window).toEqual({ from: 'U2', to: 'U21', before: 2 })
    const so = client.told.length
    house.node.endSession('id-U4', 's-U4')
    house.node.endSession('id-U20', 's-U20')
    await until(() => client.told.length > so)
    expect(client.told.slice(so)).toEqual(['U20 offline'])
  })

  test('that was asked for by a rank keeps its beginning, whoever comes before it', async () => {
    const { house, client } = await openWithPeople()
    await client.watch({ users: [], online: { from: 2, limit: 1 } })
    expect(client.window).toEqual({ from: 'U2', to: 'U2', before: 2 })
    await client.watch({ users: [], online: { from: 9, limit: 1 } })
    for (const name of ['A', 'U91']) house.node.open(`c-${name}`, `s-${name}`, house.user(name))
    await until(() => client.told.includes('U91 online'))
    house.node.open('c-U92', 's-U92', house.user('U92'))
    await until(() => client.window?.before === 10)
    expect(client.window).toEqual({ from: 'U9', to: 'U9', before: 10 })
  })

  test('tells of the deletion of who was online in it', async () => {
    const { house, client } = await openWithPeople()
    await client.watch({ users: [], online: { from: 'u3', limit: 4 } })
    house.remove({ id: 'id-U9', name: 'U9' })
    house.remove({ id: 'id-U4', name: 'U4' })
    await until(() => client.of('directory').length > 0)
    await aWhile(100)
    expect(client.of('directory').flatMap(({ changes }) => changes.map(({ username }) => username))).toEqual([
      'U4',
    ])
  })
})
