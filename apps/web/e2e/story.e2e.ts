import { setTimeout as sleep } from 'node:timers/promises'

import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { openBrowser, openWindow, takeFaults } from './testing/browser.ts'
import { Product } from './testing/product.ts'
import { eventually } from './testing/until.ts'
import { Visitor } from './testing/visitor.ts'

const GRACE_MS = 3_000

let product: Product
let browser: Browser

beforeAll(async () => {
  product = await Product.start({ OFFLINE_GRACE_MS: String(GRACE_MS) })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})
afterEach(() => expect(takeFaults()).toEqual([]))

async function visitor(username: string): Promise<Visitor> {
  const window = await openWindow(browser, product.url)
  return new Visitor(await window.newPage(), username)
}

test('two people in two windows see each other come, go and come back, without a reload', async () => {
  const ana = await visitor('ana')
  await ana.page.goto('/')
  await ana.arrivesAt('/login')
  await ana.page.getByRole('link', { name: 'Sign up' }).click()
  await ana.submit('Sign up')
  await ana.sees('ana', 'Online')
  await eventually(() => ana.page.locator('main').innerText()).toContain('You are the only one here.')
  const seen = await ana.recordsRow('bo')

  const bo = await visitor('bo')
  await bo.signUp()
  await bo.sees('ana', 'Online')
  await bo.sees('bo', 'Online')
  await ana.sees('bo', 'Online')
  expect(await ana.page.locator('main').innerText()).toContain('2 online now')

  await bo.logOut()
  await ana.sees('bo', 'Offline')
  await bo.logIn()
  await ana.sees('bo', 'Online')
  const rows = (await seen()).map((row) => row.replace(/^.*bo /, ''))
  // Where signing up takes its time, the account is seen before its first connection.
  expect(rows.filter((row) => row !== 'Offline')).toEqual([
    'no row',
    'Online',
    'Offline · just now',
    'Online',
  ])
  await ana.logOut()
  await bo.sees('ana', 'Offline')
  await bo.sees('bo', 'Online')

  await ana.logIn()
  await ana.sees('bo', 'Online')
  await bo.sees('ana', 'Online')
  await Promise.all([ana, bo].map(({ page }) => page.context().close()))
})

test('a second tab counts with the first: nobody is offline before both are closed', async () => {
  const [cy, di] = [await visitor('cy'), await visitor('di')]
  await cy.signUp()
  await di.signUp()
  await cy.sees('di', 'Online')
  const second = new Visitor(await di.page.context().newPage(), 'di')
  await second.page.goto('/')
  await second.sees('cy', 'Online')

  const seen = await cy.recordsRow('di')
  await di.page.close()
  await sleep(GRACE_MS + 1_000)
  expect(await seen()).toEqual([expect.stringContaining('Online')])
  await second.page.close()
  await cy.sees('di', 'Offline')
  await cy.page.context().close()
})

test('a reload shows nobody anything', async () => {
  const [eva, flo] = [await visitor('eva'), await visitor('flo')]
  await eva.signUp()
  await flo.signUp()
  await eva.sees('flo', 'Online')
  const seen = await eva.recordsRow('flo')
  await flo.page.reload()
  await flo.sees('eva', 'Online')
  await flo.page.reload()
  await flo.sees('eva', 'Online')
  await sleep(GRACE_MS + 1_000)
  expect(await seen()).toEqual([expect.stringContaining('Online')])
  await Promise.all([eva, flo].map(({ page }) => page.context().close()))
})

test('who logs out in one tab is logged out in all of that browser, and nowhere else', async () => {
  const [gil, other] = [await visitor('gil'), await visitor('gil')]
  await gil.signUp()
  await other.logIn()
  const tab = new Visitor(await gil.page.context().newPage(), 'gil')
  await tab.page.goto('/settings')
  await tab.seesStatus('Live')
  await gil.logOut()
  await tab.arrivesAt('/login?next=%2Fsettings')
  await eventually(() => tab.page.locator('main').innerText()).toContain('You logged out in another window.')
  await other.seesStatus('Live')

  await tab.submit('Log in')
  await tab.arrivesAt('/settings')
  await gil.arrivesAt('/')
  await Promise.all([gil, other].map(({ page }) => page.context().close()))
})

test('a list shows who signs up and who deletes the account, as it happens', async () => {
  const [hal, ida] = [await visitor('hal'), await visitor('ida')]
  await hal.signUp()
  expect(await hal.row('ida').count()).toBe(0)
  await ida.signUp()
  await hal.sees('ida', 'Online')

  await ida.page.getByRole('link', { name: 'Settings' }).click()
  await ida.page.getByLabel('Your password').fill('not my password')
  await ida.page.getByRole('button', { name: 'Delete my account' }).click()
  await ida.seesAlert(/password/i)
  await hal.sees('ida', 'Online')
  await ida.page.getByLabel('Your password').fill(ida.password)
  await ida.page.getByRole('button', { name: 'Delete my account' }).click()
  await ida.arrivesAt('/login')
  await hal.seesNothingOf('ida')
  expect(await ida.page.locator('main').innerText()).toContain('Your account is deleted.')
  await Promise.all([hal, ida].map(({ page }) => page.context().close()))
})
