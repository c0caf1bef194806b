import { beforeAll, describe, expect, test } from 'vitest'

import { eventually } from '../testing/until.ts'
import type { Visitor } from '../testing/visitor.ts'
import type { World } from '../testing/world.ts'

export function forms(world: World): void {
  beforeAll(() => world.product.signUp('michael', 'johnson123'))

  /** Does something as a visitor. */
  async function using(
    what: (visitor: Visitor) => Promise<void>,
    username = 'nobody',
    password = 'correct horse battery',
  ): Promise<void> {
    await what(await world.visitor(username, { password }))
  }

  describe('the forms', () => {
    test.each([
      ['/signup', 'Sign up', 'new-password', 'Log in', '/login'],
      ['/login', 'Log in', 'current-password', 'Sign up', '/signup'],
    ])(
      'of %s are found by people, password managers and screen readers',
      async (path, button, secret, link, other) => {
        await using(async ({ page }) => {
          await page.goto(path)
          const username = page.getByLabel('Username')
          const password = page.getByLabel('Password')
          expect(await username.getAttribute('autocomplete')).toBe('username')
          expect(await password.getAttribute('autocomplete')).toBe(secret)
          expect(await password.getAttribute('type')).toBe('password')
          expect(await username.getAttribute('aria-invalid')).toBeNull()
          expect(await page.getByRole('alert').count()).toBe(0)
          expect(await page.getByRole('button', { name: button, exact: true }).count()).toBe(1)

          await eventually(() => username.evaluate((field) => field === document.activeElement)).toBe(true)
          await page.keyboard.press('Tab')
          expect(await password.evaluate((field) => field === document.activeElement)).toBe(true)
          await page.keyboard.type('secret')
          await page.keyboard.press('Tab')
          await page.keyboard.press('Space')
          expect(await password.getAttribute('type')).toBe('text')
          expect(await password.inputValue()).toBe('secret')

          await page.getByRole('link', { name: link }).click()
          expect(new URL(page.url()).pathname).toBe(other)
        })
      },
    )

    test.each([
      ['a taken name', 'michael', /taken/i],
      ['a name taken in another case', 'MICHAEL', /taken/i],
      ['a name taken in full-width letters', 'ｍｉｃｈａｅｌ', /taken/i],
      ['markup', '<b>bold</b>', /./],
      ['a bidi override', 'abc\u202Edef', /./],
      ['a zero-width character', 'abc\u200Bdef', /./],
      ['two scripts', 'pаypal', /./],
      ['a space', 'two words', /./],
      ['33 characters', 'a'.repeat(33), /./],
      ['nothing', '', /./],
    ])('refuse %s at the username, and keep what was typed', async (_what, username, why) => {
      await using(async (visitor) => {
        const { page } = visitor
        await page.goto('/signup')
        await visitor.submit('Sign up')
        await visitor.seesAlert(why)
        const field = page.getByLabel('Username')
        expect(await field.inputValue()).toBe(username)
        expect(await field.getAttribute('aria-invalid')).toBe('true')
        await eventually(() => field.evaluate((input) => input === document.activeElement)).toBe(true)
        expect(await page.getByLabel('Password').getAttribute('aria-invalid')).toBeNull()
        const described = (await field.getAttribute('aria-describedby'))?.split(' ')[0]
        expect(await page.locator(`[id="${described}"]`).innerText()).toMatch(why)
        await field.fill('another')
        await eventually(() => page.getByRole('alert').count()).toBe(0)
      }, username)
    })

    test.each([
      ['7 characters', 'abcdefg'],
      ['129 characters', 'correct horse battery'.repeat(7).slice(0, 129)],
      ['a very common one', 'password'],
      ['the username', 'somebody-new'],
    ])('refuse a password of %s at the password', async (_what, password) => {
      await using(
        async (visitor) => {
          await visitor.page.goto('/signup')
          await visitor.submit('Sign up')
          await visitor.seesAlert(/./)
          expect(await visitor.page.getByLabel('Password').getAttribute('aria-invalid')).toBe('true')
          expect(await visitor.page.getByLabel('Username').getAttribute('aria-invalid')).toBeNull()
          expect(await visitor.page.getByLabel('Username').inputValue()).toBe('somebody-new')
        },
        'somebody-new',
        password,
      )
    })

    test('say the same of an unknown name and of a wrong password', async () => {
      const said: string[] = []
      for (const name of ['michael', 'no-such-person']) {
        await using(
          async (visitor) => {
            await visitor.page.goto('/login')
            await visitor.submit('Log in')
            await visitor.seesAlert(/wrong/)
            said.push(await visitor.page.getByRole('alert').innerText())
            expect(await visitor.page.getByLabel('Username').inputValue()).toBe(name)
          },
          name,
          'not the password',
        )
      }
      expect(said[0]).toBe(said[1])
    })

    test('say so when the server cannot be reached or has no time, and keep what was typed', async () => {
      await using(
        async (visitor) => {
          const { page } = visitor
          await page.goto('/login')
          const login = '**/api/auth/login'
          await page.route(login, (route) => route.abort())
          await visitor.submit('Log in')
          await visitor.seesAlert(/We can’t reach the server/)
          await page.unroute(login)
          const refuse = (status: number) =>
            page.route(login, (route) =>
              route.fulfill({
                status,
                headers: { 'retry-after': '30', 'content-type': 'application/problem+json' },
                body: JSON.stringify({ type: 'about:blank', title: 'No', status, detail: 'No.' }),
              }),
            )
          await refuse(429)
          await visitor.submit('Log in')
          await visitor.seesAlert(/Too many tries. Try again in 30 seconds./)
          await page.unroute(login)
          await refuse(503)
          await page.getByRole('button', { name: 'Log in' }).click()
          await visitor.seesAlert(/right now. Try again in 30 seconds./)
          expect(await page.getByLabel('Username').inputValue()).toBe('michael')
          await page.unroute(login)
          await page.getByRole('button', { name: 'Log in' }).click()
          await visitor.arrivesAt('/')
        },
        'michael',
        'johnson123',
      )
    })
  })

  describe('without a session', () => {
    test.each(['/', '/settings?x=1', '/no/such/page'])('%s leads to the log-in and back', async (path) => {
      await using(
        async (visitor) => {
          await visitor.page.goto(path)
          await visitor.arrivesAt(path === '/' ? '/login' : `/login?next=${encodeURIComponent(path)}`)
          await visitor.submit('Log in')
          await visitor.arrivesAt(path)
          await eventually(() => visitor.page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
          await visitor.page.goBack()
          expect(new URL(visitor.page.url()).pathname).not.toBe('/login')
        },
        'michael',
        'johnson123',
      )
    })

    test('nobody is led away from here', async () => {
      await using(
        async (visitor) => {
          await visitor.page.goto('/login?next=https%3A%2F%2Fexample.org%2F')
          await visitor.submit('Log in')
          await visitor.arrivesAt('/')
        },
        'michael',
        'johnson123',
      )
    })
  })

  test('a keyboard is enough for all of it', async () => {
    await using(async (visitor) => {
      const { page } = visitor
      const { keyboard } = page
      await page.goto('/signup')
      await page.getByLabel('Username').waitFor()
      await keyboard.type(visitor.username)
      await keyboard.press('Tab')
      await keyboard.type(visitor.password)
      await keyboard.press('Enter')
      await visitor.arrivesAt('/')
      await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toBe('People')

      const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
      await page.reload()
      await page.getByRole('button', { name: 'Log out' }).waitFor()
      await keyboard.press('Tab')
      expect(await focused()).toBe('Skip to content')
      await keyboard.press('Enter')
      await keyboard.press('Tab')
      expect(
        await page.getByLabel('Search people').evaluate((field) => field === document.activeElement),
      ).toBe(true)
      await keyboard.type('keyboard')
      await visitor.sees('keyboard-only', 'you')
      for (let i = 0; i < 10 && (await focused()) !== 'Log out'; i++) await keyboard.press('Shift+Tab')
      await keyboard.press('Enter')
      await visitor.arrivesAt('/login')
    }, 'keyboard-only')
  })
}
