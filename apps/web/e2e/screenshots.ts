/** Pictures of every page and state, to be looked at by a person: pnpm --filter @rollcall/web screenshots FOLDER */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { UsersAnswer } from '@rollcall/protocol'
import type { BrowserContextOptions, Page, WebSocketRoute } from 'playwright-core'

import { openBrowser, openWindow } from './testing/browser.ts'
import { LAN_HOST, Product } from './testing/product.ts'

const PASSWORD = 'correct horse battery'
const HERE = ['ada', 'grace.hopper', 'José', 'Σοφία', 'kofi_m', '山田太郎']
const AWAY = [
  'alan',
  'barbara-l',
  'Ольга',
  'سارة',
  'dijkstra',
  'margaret+apollo',
  'नेहा',
  'tim',
  'w'.repeat(32),
]

const DEVICES = [
  { name: 'desktop', viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1 },
  { name: 'phone', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  { name: 'small', viewport: { width: 320, height: 640 }, deviceScaleFactor: 2 },
]

const folder = process.argv[2]
if (folder === undefined) throw new Error('Which folder? pnpm --filter @rollcall/web screenshots FOLDER')
await mkdir(folder, { recursive: true })
const product = await Product.start({ OFFLINE_GRACE_MS: '500' })
const browser = await openBrowser()
try {
  await populate()
  await pictureForReadme()
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const { name, ...device } of DEVICES) {
      await series(`${name}-${colorScheme}`, { ...device, colorScheme }, `me-${name}-${colorScheme}`)
    }
  }
} finally {
  await browser.close()
  await product.stop()
}

async function populate(): Promise<void> {
  for (const username of [...AWAY, ...HERE]) {
    const window = await openWindow(browser, product.url)
    const page = await window.newPage()
    await signUp(page, username)
    if (AWAY.includes(username)) await window.close()
  }
}

/** As after a day of use: the made-up people here were last seen at other times than this minute. */
async function pictureForReadme(): Promise<void> {
  const window = await openWindow(browser, product.url, {
    viewport: { width: 1000, height: 960 },
    deviceScaleFactor: 1.5,
  })
  const page = await window.newPage()
  await page.route('**/api/users?*', async (route) => {
    // This is asked by Node, which does not know the name that the browser was given.
    const response = await route.fetch({ url: route.request().url().replace(LAN_HOST, '127.0.0.1') })
    const { users, ...rest } = UsersAnswer.parse(await response.json())
    const spread = users.map((user, i) =>
      user.lastSeenAt === null
        ? user
        : { ...user, lastSeenAt: new Date(Date.parse(user.lastSeenAt) - i ** 4 * 9_000).toISOString() },
    )
    await route.fulfill({ response, json: { ...rest, users: spread } })
  })
  await signUp(page, 'mary')
  await page.getByText('ada', { exact: true }).waitFor()
  await page.screenshot({ path: join(folder ?? '', 'readme.png') })
  await window.close()
}

async function signUp(page: Page, username: string): Promise<void> {
  await page.goto('/signup')
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByRole('status').getByText('Live').waitFor()
}

async function series(prefix: string, options: BrowserContextOptions, username: string): Promise<void> {
  const window = await openWindow(browser, product.url, options)
  const page = await window.newPage()
  const shoot = async (name: string, fullPage = false) => {
    await page.screenshot({
      path: join(folder ?? '', `${prefix}-${name}.png`),
      fullPage,
      animations: 'disabled',
    })
  }
  let isCut = false
  const sockets = new Set<WebSocketRoute>()
  await page.routeWebSocket('**/api/ws', (socket) => {
    if (isCut) return void socket.close({ code: 1011 })
    sockets.add(socket)
    socket.connectToServer()
  })

  await page.goto('/login')
  await page.getByLabel('Username').waitFor()
  await shoot('login')
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Password').fill('not hers')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('alert').waitFor()
  await shoot('login-refused')
  await page.goto('/signup')
  await page.getByLabel('Username').fill('ADA')
  await page.getByLabel('Password').fill(PASSWORD)
  await shoot('signup')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByRole('alert').waitFor()
  await shoot('signup-refused')

  await signUp(page, username)
  await page.getByText('ada', { exact: true }).waitFor()
  await shoot('people')
  await page.getByLabel('Search people').fill('a')
  await page.getByText('names hold').waitFor()
  await shoot('search')
  await page.getByLabel('Search people').fill('nobody')
  await page.getByText('Nobody’s name holds').waitFor()
  await shoot('search-none')
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByText('this device').waitFor()
  await shoot('settings', true)
  await page.goto('/nowhere')
  await page.getByRole('link', { name: 'See who is here' }).waitFor()
  await shoot('not-found')

  await page.goto('/')
  await page.getByRole('status').getByText('Live').waitFor()
  await page.getByText('ada', { exact: true }).waitFor()
  isCut = true
  for (const socket of sockets) await socket.close({ code: 1011 })
  await page.getByText('as of').waitFor()
  await page.getByText('Reconnecting').waitFor()
  await shoot('reconnecting')
  isCut = false

  await page.route('**/api/users?*', () => {})
  await page.reload()
  await page.getByRole('status').getByText('Live').waitFor()
  await shoot('loading')
  await page.unroute('**/api/users?*')
  await page.route('**/api/auth/session', (route) => route.abort())
  await page.goto('/')
  await page.getByRole('heading', { name: 'We can’t reach the server' }).waitFor()
  await shoot('unreachable')
  await window.close()
}
