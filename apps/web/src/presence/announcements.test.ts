import { beforeEach, expect, test } from 'vitest'

import { SmallWorld } from '../directory/testing/small-world.ts'
import { Announcements } from './announcements.ts'

let world: SmallWorld
let announcements: Announcements

beforeEach(async () => {
  world = new SmallWorld()
  for (const name of ['ana', 'bo', 'cy', 'di']) world.add(name, name, 'offline')
  world.add('me', 'me', 'online')
  announcements = new Announcements({ screen: world.screen, me: 'me' })
  world.live.onMessage((message) => announcements.heard(message))
  world.live.watch({ all: true })
  world.connect('me')
  await world.settled()
})

test('nobody came or went: not a word', () => {
  expect(announcements.isEmpty).toBe(true)
  expect(announcements.take()).toBe('')
})

test.each([
  [['ana'], 'ana came online.'],
  [['ana', 'bo'], 'ana and bo came online.'],
  [['ana', 'bo', 'cy', 'di'], 'ana and 3 others came online.'],
])('%j who came are one sentence', (names, expected) => {
  for (const name of names) world.turn(name, 'online')
  expect(announcements.isEmpty).toBe(false)
  expect(announcements.take()).toBe(expected)
  expect(announcements.take()).toBe('')
})

test('whoever came and went again is not mentioned', () => {
  world.turn('bo', 'online')
  announcements.take()
  world.turn('ana', 'online')
  world.turn('bo', 'offline')
  world.turn('ana', 'offline')
  expect(announcements.take()).toBe('bo went offline.')
})

test('whoever is told again as he was is not mentioned, nor am I', () => {
  world.turn('ana', 'online')
  announcements.take()
  world.repeat('ana')
  world.repeat('bo')
  world.turn('me', 'offline')
  expect(announcements.isEmpty).toBe(true)
})

test('whoever comes again is mentioned, although nobody heard him go', async () => {
  world.turn('ana', 'online')
  world.disconnect()
  world.turn('ana', 'offline')
  world.connect('me')
  await world.settled()
  world.turn('ana', 'online')
  expect(announcements.take()).toBe('ana came online.')
})

test('whoever has gone since, unheard, is not said to have come', async () => {
  world.turn('ana', 'online')
  world.turn('bo', 'online')
  world.disconnect()
  world.turn('ana', 'offline')
  world.connect('me')
  await world.settled()
  expect(announcements.take()).toBe('bo came online.')
})

test('whoever went, and is deleted by then, is said to have gone', () => {
  world.turn('ana', 'online')
  announcements.take()
  world.remove('ana')
  expect(announcements.take()).toBe('ana went offline.')
})

test('while the list is being filled, nothing is news', async () => {
  world.disconnect()
  world.turn('ana', 'online')
  world.connect('me')
  world.turn('bo', 'online')
  expect(announcements.isEmpty).toBe(true)
  await world.settled()
  world.turn('cy', 'online')
  expect(announcements.take()).toBe('cy came online.')
})
