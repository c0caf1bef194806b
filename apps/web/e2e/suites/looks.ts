import { AxeBuilder } from '@axe-core/playwright'
import type { Page, WebSocketRoute } from 'playwright-core'
import { describe, expect, test } from 'vitest'

import type { World } from '../testing/world.ts'

const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }
/** The width that 400 % zoom leaves of a desktop. */
const SMALLEST = { width: 320, height: 640 }
const LONG_NAME = 'w'.repeat(32)

async function faultsOf(page: Page): Promise<string[]> {
  if (page.viewportSize()?.width === SMALLEST.width) return []
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

function widerThanItsWindow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

/** @returns to cut the connection, for good */
async function canBeCut(page: Page): Promise<() => Promise<void>> {
  const open = new Set<WebSocketRoute>()
  let isCut = false
  await page.routeWebSocket('**/api/ws', (socket) => {
    if (isCut) return void socket.close({ code: 1011 })
    open.add(socket)
    socket.connectToServer()
  })
  return async () => {
    isCut = true
    for (const socket of open) await socket.close({ code: 1011 })
  }
}

export function looks(world: World): void {
  describe.each([
    { colorScheme: 'light', viewport: DESKTOP },
    { colorScheme: 'dark', viewport: PHONE },
    { colorScheme: 'light', viewport: SMALLEST },
  ] as const)('$colorScheme at $viewport.width px', ({ colorScheme, viewport }) => {
    test('every page is usable for everybody, and none is wider than its window', async () => {
      const username = `${LONG_NAME.slice(0, 26)}-${colorScheme.slice(0, 1)}${viewport.width}`
      const visitor = await world.visitor(username, { colorScheme, viewport, reducedMotion: 'reduce' })
      const { page } = visitor
      const looksAt = async (what: string) => {
        expect({ what, faults: await faultsOf(page) }).toEqual({ what, faults: [] })
        expect({ what, tooWide: await widerThanItsWindow(page) }).toEqual({ what, tooWide: 0 })
      }

      await page.goto('/login')
      await visitor.submit('Log in')
      await visitor.seesAlert(/wrong/)
      await looksAt('log-in, refused')
      await page.goto('/signup')
      await page.getByRole('button', { name: 'Sign up' }).click()
      await visitor.seesAlert(/Enter/)
      await looksAt('sign-up, refused')
      await visitor.signUp()
      await visitor.sees(username, 'Online')
      await looksAt('people')
      await page.getByLabel('Search people').fill('nobody at all')
      await page.getByText('Nobody’s name holds').waitFor()
      await looksAt('people, none found')
      await page.goto('/settings')
      await page.getByText('this device').waitFor()
      await looksAt('settings')
      await page.goto('/nowhere')
      await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
      await looksAt('not found')

      const cut = await canBeCut(page)
      await page.goto('/')
      await visitor.sees(username, 'Online')
      await cut()
      await visitor.seesStatus('Reconnecting…')
      await visitor.sees(username, 'Was online')
      await looksAt('people, reconnecting')
    })
  })
}
