import { expect, test } from 'vitest'

import { Product } from './testing/product.ts'
import { eventually } from './testing/until.ts'
import { useWorld } from './testing/world.ts'

/** Made-up people may have any short name: those of the tests are longer. */
const SEEDED = 1_500

const world = useWorld(async () => {
  const product = await Product.prepare()
  await product.script('apps/lab/src/seed.ts', '--users', String(SEEDED))
  await product.start()
  return product
})

test('thousands are one list: few rows exist, each says which it is, and any place is a scroll away', async () => {
  const ana = await world.visitor('ana-in-the-crowd')
  await ana.signUp()
  await ana.sees('ana-in-the-crowd', 'Online')
  const rows = ana.page.getByRole('list', { name: 'People' }).getByRole('listitem')
  expect(await rows.count()).toBeLessThan(100)
  expect(await rows.first().getAttribute('aria-posinset')).toBe('1')
  expect(await rows.first().getAttribute('aria-setsize')).toBe(String(SEEDED + 1))
  expect(await ana.page.locator('main').innerText()).toContain('1,501 people')

  const known = async () => (await rows.allInnerTexts()).filter((text) => text.includes('Offline')).length
  for (const part of [0.5, 1, 0.2]) {
    await ana.page.evaluate((part) => scrollTo(0, part * document.body.scrollHeight), part)
    const middle = Math.round(part * SEEDED)
    await eventually(async () =>
      Math.abs(Number(await rows.first().getAttribute('aria-posinset')) - middle),
    ).toBeLessThan(100)
    await eventually(async () => (await rows.count()) - (await known())).toBe(0)
  }
  await ana.page.evaluate(() => scrollTo(0, document.body.scrollHeight))
  await eventually(() => rows.last().getAttribute('aria-posinset')).toBe(String(SEEDED + 1))
})

test('what one looks at stays in its place while people come above it', async () => {
  const dee = await world.visitor('dee-in-the-crowd')
  await dee.signUp()
  await dee.sees('dee-in-the-crowd', 'Online')
  const rows = dee.page.getByRole('list', { name: 'People' }).getByRole('listitem')
  await dee.page.evaluate(() => scrollTo(0, document.body.scrollHeight / 2))
  let looksAt = ''
  // The same twice: the rows of the new place are there, and stay.
  await eventually(async () => {
    const before = looksAt
    looksAt = await rows.nth(12).innerText()
    return looksAt.includes('Offline') && looksAt === before
  }).toBe(true)
  const row = rows.filter({ hasText: looksAt.split('\n')[1] ?? '' }).first()
  const place = async () => Math.round((await row.boundingBox())?.y ?? 0)
  const [before, position] = [await place(), Number(await row.getAttribute('aria-posinset'))]
  await (await world.visitor('a-newcomer-in-the-crowd')).signUp()
  await eventually(() => row.getAttribute('aria-posinset')).toBe(String(position + 1))
  expect(await place()).toBe(before)
})

test('who comes among thousands is found, and seen to go', async () => {
  const [bo, cy] = [await world.visitor('bo-in-the-crowd'), await world.visitor('cy-in-the-crowd')]
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
