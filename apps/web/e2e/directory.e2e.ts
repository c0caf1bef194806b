import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { openBrowser, openWindow, takeFaults } from './testing/browser.ts'
import { Product } from './testing/product.ts'
import { Visitor } from './testing/visitor.ts'

const SEEDED = 3_000
const WITHIN = { timeout: 30_000, interval: 50 }

let product: Product
let browser: Browser

beforeAll(async () => {
  product = await Product.prepare()
  await product.script('apps/lab/src/seed.ts', '--users', String(SEEDED))
  await product.start()
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

test('thousands are one list: few rows exist, each says which it is, and any place is a scroll away', async () => {
  const ana = await visitor('ana')
  await ana.signUp()
  await ana.sees('ana', 'Online')
  const rows = ana.page.getByRole('list', { name: 'People' }).getByRole('listitem')
  expect(await rows.count()).toBeLessThan(100)
  expect(await rows.first().getAttribute('aria-posinset')).toBe('1')
  expect(await rows.first().getAttribute('aria-setsize')).toBe(String(SEEDED + 1))
  expect(await ana.page.locator('main').innerText()).toContain('3,001 people')

  const known = async () => (await rows.allInnerTexts()).filter((text) => text.includes('Offline')).length
  for (const part of [0.5, 1, 0.2]) {
    await ana.page.evaluate((part) => scrollTo(0, part * document.body.scrollHeight), part)
    const middle = Math.round(part * SEEDED)
    await expect
      .poll(async () => Math.abs(Number(await rows.first().getAttribute('aria-posinset')) - middle), WITHIN)
      .toBeLessThan(100)
    await expect.poll(async () => (await rows.count()) - (await known()), WITHIN).toBe(0)
  }
  await ana.page.evaluate(() => scrollTo(0, document.body.scrollHeight))
  await expect.poll(() => rows.last().getAttribute('aria-posinset'), WITHIN).toBe(String(SEEDED + 1))
})

test('who comes among thousands is found, and seen to go', async () => {
  const [bo, cy] = [await visitor('bo-in-the-crowd'), await visitor('cy-in-the-crowd')]
  await bo.signUp()
  await bo.page.getByLabel('Search people').fill('In-The-Crowd')
  await bo.sees('bo-in-the-crowd', 'Online')
  await cy.signUp()
  await cy.sees('bo-in-the-crowd', 'Online')
  await bo.sees('cy-in-the-crowd', 'Online')
  await cy.logOut()
  await bo.sees('cy-in-the-crowd', 'Offline')
  await bo.page.getByLabel('Search people').fill('')
  await bo.sees('bo-in-the-crowd', 'Online')
})
