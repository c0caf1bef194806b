import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { fingerprint, isStamped, stamp } from './stamp.mjs'

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rollcall-stamp-'))
  mkdirSync(join(base, 'src/deep'), { recursive: true })
  writeFileSync(join(base, 'src/a.ts'), 'a')
  writeFileSync(join(base, 'src/deep/b.ts'), 'b')
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const print = () => fingerprint(base, ['src', 'lockfile'], ['linux'])

test('nothing changed: the same fingerprint, in whatever order the paths are named', () => {
  expect(fingerprint(base, ['src/deep', 'src/a.ts'])).toBe(fingerprint(base, ['src/a.ts', 'src/deep']))
})

test.each([
  ['a change of content', () => writeFileSync(join(base, 'src/deep/b.ts'), 'B')],
  ['a new file', () => writeFileSync(join(base, 'src/c.ts'), '')],
  ['a removed file', () => rmSync(join(base, 'src/a.ts'))],
  ['another name', () => renameSync(join(base, 'src/a.ts'), join(base, 'src/z.ts'))],
  ['a file that was absent', () => writeFileSync(join(base, 'lockfile'), '1')],
  [
    'content that moved from one file to the next',
    () => {
      writeFileSync(join(base, 'src/a.ts'), 'ab')
      writeFileSync(join(base, 'src/deep/b.ts'), '')
    },
  ],
])('%s is another fingerprint', (_, change) => {
  const before = print()
  change()
  expect(print()).not.toBe(before)
})

test('another fact is another fingerprint', () => {
  expect(fingerprint(base, ['src'], ['darwin'])).not.toBe(fingerprint(base, ['src'], ['linux']))
})

test('tests, installed packages and what was built do not count', () => {
  const before = print()
  writeFileSync(join(base, 'src/a.test.ts'), '')
  mkdirSync(join(base, 'src/node_modules'))
  writeFileSync(join(base, 'src/node_modules/x.js'), '')
  expect(print()).toBe(before)
})

test('a stamp holds for its own fingerprint only, and not before it is given', () => {
  const file = join(base, 'state/install')
  expect(isStamped(file, 'one')).toBe(false)
  stamp(file, 'one')
  expect(isStamped(file, 'one')).toBe(true)
  expect(isStamped(file, 'two')).toBe(false)
})
