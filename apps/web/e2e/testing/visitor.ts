import type { Locator, Page } from 'playwright-core'
import { until } from './until.ts'

const PASSWORD = 'correct horse battery'

/** What a person does and sees, by the names that the contract gives to things. */
export class Visitor {
  readonly page: Page
  readonly username: string
  readonly password: string

  constructor(page: Page, username: string, password = PASSWORD) {
    this.page = page
    this.username = username
    this.password = password
  }

  async signUp(): Promise<void> {
    await this.page.goto('/signup')
    await this.submit('Sign up')
    await this.seesStatus('Live')
  }

  async logIn(): Promise<void> {
    await this.page.goto('/login')
    await this.submit('Log in')
    await this.seesStatus('Live')
  }

  async submit(button: 'Sign up' | 'Log in'): Promise<void> {
    await this.page.getByLabel('Username', { exact: true }).fill(this.username)
    await this.page.getByLabel('Password', { exact: true }).fill(this.password)
    await this.page.getByRole('button', { name: button, exact: true }).click()
  }

  async logOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Log out' }).click()
    await this.arrivesAt('/login')
  }

  row(username: string): Locator {
    const name = this.page.getByText(username, { exact: true })
    return this.page.getByRole('list', { name: 'People' }).getByRole('listitem').filter({ has: name })
  }

  /** @param text `Online`, `Offline`, or what else the row says */
  sees(username: string, text: string): Promise<void> {
    return this.#until(`${username} is ${text}`, async () => (await this.saysOf(username)).includes(text))
  }

  seesNothingOf(username: string): Promise<void> {
    return this.#until(`${username} is not there`, async () => (await this.row(username).count()) === 0)
  }

  /** The words of the one row; empty without one. */
  async saysOf(username: string): Promise<string> {
    return (await this.row(username).allInnerTexts()).join(' | ')
  }

  seesStatus(text: 'Live' | 'Reconnecting…' | 'Offline'): Promise<void> {
    const status = this.page.getByRole('status')
    return this.#until(
      `the status is ${text}`,
      async () => (await status.allInnerTexts()).join(' | ') === text,
    )
  }

  seesAlert(text: RegExp): Promise<void> {
    const alert = this.page.getByRole('alert')
    return this.#until(`one alert says ${text}`, async () => {
      const texts = await alert.allInnerTexts()
      return texts.length === 1 && text.test(texts[0] ?? '')
    })
  }

  arrivesAt(path: string): Promise<void> {
    return this.#until(`the page is ${path}`, () => {
      const { pathname, search } = new URL(this.page.url())
      return Promise.resolve(pathname + search === path)
    })
  }

  /** Every text that the row of somebody has from now on, read from each change of the page. */
  async recordsRow(username: string): Promise<() => Promise<string[]>> {
    await this.page.evaluate((name) => {
      const seen: string[] = []
      const look = () => {
        const row = [...document.querySelectorAll('li')].find((each) => each.textContent.includes(name))
        const text = row?.innerText.replaceAll('\n', ' ') ?? 'no row'
        if (seen.at(-1) !== text) seen.push(text)
      }
      look()
      new MutationObserver(look).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
      })
      Object.assign(globalThis, { recorded: seen })
    }, username)
    return () => this.page.evaluate(() => (globalThis as unknown as { recorded: string[] }).recorded)
  }

  /** Fails with what the page shows instead. */
  #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    return until(
      what,
      holds,
      async () => `${this.page.url()}\n${await this.page.locator('body').innerText()}`,
    )
  }
}
