import { setTimeout as sleep } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { eventually } from '../testing/until.ts'
import { Visitor } from '../testing/visitor.ts'
import type { World } from '../testing/world.ts'

/** What the product is for. The first one needs a directory that is empty. */
export function story(world: World, graceMs: number): void {
  test('two people in two windows see each other come, go and come back, without a reload', async () => {
    const ana = await world.visitor('ana')
    await ana.page.goto('/')
    await ana.arrivesAt('/login')
    await ana.page.getByRole('link', { name: 'Sign up' }).click()
    await ana.submit('Sign up')
    await ana.sees('ana', 'Online')
    await eventually(() => ana.page.locator('main').innerText()).toContain('You are the only one here.')
    expect(await ana.page.evaluate(() => isSecureContext)).toBe(false)
    const seen = await ana.recordsRow('bo')

    const bo = await world.visitor('bo')
    await bo.signUp()
    await bo.sees('ana', 'Online')
    await bo.sees('bo', 'Online')
    await ana.sees('bo', 'Online')
    expect(await ana.page.locator('main').innerText()).toContain('2 online now')

    await ana.page.getByText('bo came online.').waitFor()
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
  })

  test('a second tab counts with the first: nobody is offline before both are closed', async () => {
    const [cy, di] = [await world.visitor('cy'), await world.visitor('di')]
    await cy.signUp()
    await di.signUp()
    await cy.sees('di', 'Online')
    const second = new Visitor(await di.page.context().newPage(), 'di')
    await second.page.goto('/')
    await second.sees('cy', 'Online')

    const seen = await cy.recordsRow('di')
    await di.page.close()
    await sleep(graceMs + 1_000)
    expect(await seen()).toEqual([expect.stringContaining('Online')])
    await second.page.close()
    await cy.sees('di', 'Offline')
  })

  test('a reload shows nobody anything', async () => {
    const [eva, flo] = [await world.visitor('eva'), await world.visitor('flo')]
    await eva.signUp()
    await flo.signUp()
    await eva.sees('flo', 'Online')
    const seen = await eva.recordsRow('flo')
    await flo.page.reload()
    await flo.sees('eva', 'Online')
    await flo.page.reload()
    await flo.sees('eva', 'Online')
    await sleep(graceMs + 1_000)
    expect(await seen()).toEqual([expect.stringContaining('Online')])
  })

  test('who logs out in one tab is logged out in all of that browser, and nowhere else', async () => {
    const [gil, other] = [await world.visitor('gil'), await world.visitor('gil')]
    await gil.signUp()
    await other.logIn()
    const tab = new Visitor(await gil.page.context().newPage(), 'gil')
    await tab.page.goto('/settings')
    await tab.seesStatus('Live')
    await gil.logOut()
    await tab.arrivesAt('/login?next=%2Fsettings')
    await eventually(() => tab.page.locator('main').innerText()).toContain(
      'You logged out in another window.',
    )
    await other.seesStatus('Live')

    await tab.submit('Log in')
    await tab.arrivesAt('/settings')
    await gil.arrivesAt('/')
  })

  test('a list shows who signs up and who deletes the account, as it happens', async () => {
    const [hal, ida] = [await world.visitor('hal'), await world.visitor('ida')]
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
  })
}
