import type { PresenceChange } from '@rollcall/protocol'
import { expect, test } from 'vitest'

import { Announcements } from './announcements.ts'

const change = (username: string, status: PresenceChange['status']): PresenceChange => ({
  id: `id-${username}`,
  username,
  status,
  at: '2026-11-22T12:04:00Z',
})

test('nobody came or went: not a word', () => {
  expect(new Announcements().take()).toBe('')
})

test.each([
  [['ana'], 'ana came online.'],
  [['ana', 'bo'], 'ana and bo came online.'],
  [['ana', 'bo', 'cy', 'di'], 'ana and 3 others came online.'],
])('%j who came are one sentence', (names, expected) => {
  const announcements = new Announcements()
  for (const name of names) announcements.add(change(name, 'online'))
  expect(announcements.take()).toBe(expected)
  expect(announcements.take()).toBe('')
})

test('whoever came and went again is not mentioned', () => {
  const announcements = new Announcements()
  announcements.add(change('ana', 'online'))
  announcements.add(change('bo', 'offline'))
  announcements.add(change('ana', 'offline'))
  expect(announcements.take()).toBe('bo went offline.')
})
