import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { withLock } from './lock.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('of several who want the lock, one at a time has it', async () => {
  let inside = 0
  let most = 0
  const work = async () => {
    inside += 1
    most = Math.max(most, inside)
    await new Promise((resolve) => setTimeout(resolve, 5))
    inside -= 1
  }
  await Promise.all(Array.from({ length: 6 }, () => withLock({ folder }, work)))
  expect(most).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})

test('a claim that a dead process left behind stops nobody, and is cleared away', async () => {
  const dead = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => dead.once('exit', resolve))
  writeFileSync(join(folder, `${dead.pid}~1~old~${hostname()}`), '')
  await withLock({ folder }, async () => expect(readdirSync(folder)).toHaveLength(1))
})

test('a pid that was given out again is not taken for its old owner', async () => {
  writeFileSync(join(folder, `${process.pid}~1~old~${hostname()}`), '')
  await withLock({ folder }, async () => expect(readdirSync(folder)).toHaveLength(1))
})

test('a living holder is waited for, once named, and his work ends first', async () => {
  /** @type {string[]} */
  const order = []
  let release = () => {}
  const first = withLock({ folder }, async () => {
    await new Promise((resolve) => {
      release = () => resolve(undefined)
    })
    order.push('first')
  })
  const second = withLock(
    {
      folder,
      onWait: (holder) => {
        order.push(holder)
        release()
      },
    },
    async () => void order.push('second'),
  )
  await Promise.all([first, second])
  expect(order).toEqual([`process ${process.pid}`, 'first', 'second'])
})

test('work that fails gives the lock back', async () => {
  await expect(withLock({ folder }, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck')
  await expect(withLock({ folder }, async () => 'free')).resolves.toBe('free')
})
