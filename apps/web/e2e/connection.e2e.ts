import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { openBrowser, openWindow, takeFaults } from './testing/browser.ts'
import { Product } from './testing/product.ts'
import { eventually } from './testing/until.ts'
import { Visitor } from './testing/visitor.ts'

let product: Product
let browser: Browser

beforeAll(async () => {
  product = await Product.start()
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

test('while the server is away the list says as of when it is, claims nobody, and comes back by itself', async () => {
  const [ana, bo] = [await visitor('ana'), await visitor('bo')]
  await ana.signUp()
  await bo.signUp()
  await ana.sees('bo', 'Online')
  const opacity = () =>
    ana.page.getByRole('list', { name: 'People' }).evaluate((list) => Number(getComputedStyle(list).opacity))
  expect(await opacity()).toBe(1)
  expect(await ana.page.locator('main').innerText()).not.toContain('as of')

  await product.kill()
  await ana.seesStatus('Reconnecting…')
  expect(await ana.page.locator('main').innerText()).toMatch(/as of \d\d:\d\d/)
  expect(await ana.page.getByText('Online', { exact: true }).count()).toBe(0)
  await ana.sees('bo', 'Was online')
  await eventually(opacity).toBeLessThan(1)

  await ana.page.context().setOffline(true)
  await ana.seesStatus('Offline')
  await ana.page.context().setOffline(false)
  await ana.seesStatus('Reconnecting…')

  await product.start()
  await ana.seesStatus('Live')
  await bo.seesStatus('Live')
  await ana.sees('bo', 'Online')
  await bo.sees('ana', 'Online')
  await eventually(opacity).toBe(1)
  expect(await ana.page.locator('main').innerText()).not.toContain('as of')
})

test('a page that is opened while the server cannot answer waits for it', async () => {
  const cy = await visitor('cy')
  await cy.signUp()
  const session = '**/api/auth/session'
  await cy.page.route(session, (route) => route.abort())
  await cy.page.reload()
  await cy.page.getByRole('heading', { name: 'We can’t reach the server' }).waitFor()
  await cy.page.unroute(session)
  await cy.seesStatus('Live')
  await cy.sees('cy', 'Online')
})
