import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { findProgram } from './services.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-services-'))
  for (const name of ['first', 'second']) mkdirSync(join(folder, name))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const path = () => ['first', 'second'].map((name) => join(folder, name)).join(delimiter)
const put = (/** @type {string} */ place, mode = 0o755) => {
  writeFileSync(join(folder, place), '')
  chmodSync(join(folder, place), mode)
}

test('a program is found in the first folder of the PATH that has it', () => {
  put('second/redis-server')
  expect(findProgram(['redis-server'], path())).toBe(join(folder, 'second/redis-server'))
  put('first/redis-server')
  expect(findProgram(['redis-server'], path())).toBe(join(folder, 'first/redis-server'))
})

test('the earlier of two names wins, wherever they are', () => {
  put('first/google-chrome')
  put('second/chromium')
  expect(findProgram(['chromium', 'google-chrome'], path())).toBe(join(folder, 'second/chromium'))
})

test('what is not there, is a folder, or cannot be run is not found', () => {
  mkdirSync(join(folder, 'first/redis-server'))
  put('second/redis-server', 0o644)
  expect(findProgram(['redis-server', 'other'], path())).toBeNull()
})
