import { expect, test } from 'vitest'

import { eventually } from '../testing/until.ts'
import type { World } from '../testing/world.ts'

export function connection(world: World): void {
  test('while the server is away the list says as of when it is, claims nobody, and comes back by itself', async () => {
    const [ana, bo] = [await world.visitor('gina'), await world.visitor('hugo')]
    await ana.signUp()
    await bo.signUp()
    await ana.sees('hugo', 'Online')
    const opacity = () =>
      ana.page
        .getByRole('list', { name: 'People' })
        .evaluate((list) => Number(getComputedStyle(list).opacity))
    expect(await opacity()).toBe(1)
    expect(await ana.page.locator('main').innerText()).not.toContain('as of')

    await world.product.kill()
    await ana.seesStatus('Reconnecting…')
    expect(await ana.page.locator('main').innerText()).toMatch(/as of \d\d:\d\d/)
    expect(await ana.page.getByText('Online', { exact: true }).count()).toBe(0)
    await ana.sees('hugo', 'Was online')
    await eventually(opacity).toBeLessThan(1)

    await ana.page.context().setOffline(true)
    await ana.seesStatus('Offline')
    await ana.page.context().setOffline(false)
    await ana.seesStatus('Reconnecting…')

    await world.product.start()
    await ana.seesStatus('Live')
    await bo.seesStatus('Live')
    await ana.sees('hugo', 'Online')
    await bo.sees('gina', 'Online')
    await eventually(opacity).toBe(1)
    expect(await ana.page.locator('main').innerText()).not.toContain('as of')
  })

  test('a page that is opened while the server cannot answer waits for it', async () => {
    const cy = await world.visitor('ines')
    await cy.signUp()
    const session = '**/api/auth/session'
    await cy.page.route(session, (route) => route.abort())
    await cy.page.reload()
    await cy.page.getByRole('heading', { name: 'We can’t reach the server' }).waitFor()
    await cy.page.unroute(session)
    await cy.seesStatus('Live')
    await cy.sees('ines', 'Online')
  })
}
