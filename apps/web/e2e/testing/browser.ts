import { existsSync } from 'node:fs'

import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'

import { LAN_HOST } from './product.ts'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** A real Chromium: `CHROMIUM_PATH`, or where distributions put it. */
export function openBrowser(): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM_PATH, ...PLACES].find((path) => path && existsSync(path))
  if (executablePath === undefined) throw new Error('No Chromium was found: name it by CHROMIUM_PATH.')
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      `--host-resolver-rules=MAP ${LAN_HOST} 127.0.0.1`,
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Faults that no page may have, from whatever test: scripts that threw, styles or scripts that the policy refused. */
const faults: string[] = []

export function takeFaults(): string[] {
  return faults.splice(0)
}

/** A window of its own, as a private one is: no cookie is shared. */
export async function openWindow(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', ...options })
  context.setDefaultTimeout(30_000)
  context.on('weberror', (error) => faults.push(error.error().message))
  context.on('console', (message) => {
    const text = message.text()
    // What the server refused is what some tests are about.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(text))
      faults.push(text)
  })
  return context
}
