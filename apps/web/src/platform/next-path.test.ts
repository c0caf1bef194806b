import { expect, test } from 'vitest'

import { nextPath, withNext } from './next-path.ts'

const ORIGIN = 'http://rollcall.test:3000'

test.each([
  ['?next=%2Fsettings', '/settings'],
  ['?next=%2Fsettings%3Ftab%3D1%23devices', '/settings?tab=1#devices'],
  ['', '/'],
  ['?next=', '/'],
])('a log-in goes on to the page that was wanted: %s', (search, expected) => {
  expect(nextPath(search, ORIGIN)).toBe(expected)
})

test.each([
  'https://evil.test/',
  '//evil.test/',
  '///evil.test',
  '/\\evil.test/',
  '/\t/evil.test/',
  '/./\\evil.test',
  '/.//evil.test/',
  'javascript:alert(1)',
  'settings',
  '/login',
  '/signup?next=/settings',
  'http://rollcall.test:3000@evil.test/',
])('a log-in never leads away from here, nor in a circle: %s', (next) => {
  expect(nextPath(`?next=${encodeURIComponent(next)}`, ORIGIN)).toBe('/')
})

test('a path survives the way through the log-in page', () => {
  const path = withNext('/login', '/settings?a=1&b=2#c')
  expect(nextPath(new URL(path, ORIGIN).search, ORIGIN)).toBe('/settings?a=1&b=2#c')
  expect(withNext('/signup', '/')).toBe('/signup')
})
