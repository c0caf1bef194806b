import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'

import { openBrowser, openWindow, takeFaults } from './browser.ts'
import type { Product } from './product.ts'
import { Visitor } from './visitor.ts'

/** A running product, a browser, and whoever comes. */
export interface World {
  readonly product: Product
  readonly browser: Browser
  /** In a window of its own, as a private one is; it closes when the test ends. */
  visitor(username: string, options?: BrowserContextOptions & { password?: string }): Promise<Visitor>
}

/** Opens one for the tests of this file; no page of it may have had a fault. */
export function useWorld(start: () => Promise<Product>): World {
  let product: Product | undefined
  let browser: Browser | undefined
  const windows = new Set<BrowserContext>()
  beforeAll(async () => {
    product = await start()
    browser = await openBrowser()
  })
  afterEach(async () => {
    await Promise.all([...windows].map((window) => window.close()))
    windows.clear()
    expect(takeFaults()).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })
  return {
    get product() {
      if (product === undefined) throw new Error('The product is not started yet.')
      return product
    },
    get browser() {
      if (browser === undefined) throw new Error('The browser is not opened yet.')
      return browser
    },
    async visitor(username, { password, ...options } = {}) {
      const window = await openWindow(this.browser, this.product.url, options)
      windows.add(window)
      return new Visitor(await window.newPage(), username, password)
    },
  }
}
