import { expect, test } from 'vitest'

import { eventually } from '../testing/until.ts'
import { Visitor } from '../testing/visitor.ts'
import type { World } from '../testing/world.ts'

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

async function openSettings(visitor: Visitor): Promise<void> {
  await visitor.page.getByRole('link', { name: 'Settings' }).click()
  await visitor.page.getByText('this device').waitFor()
}

export function settings(world: World): void {
  test('devices are listed, and one that is ended is logged out at once, with a reason and a way back', async () => {
    const [desk, phone, sofa] = [
      await world.visitor('dora'),
      await world.visitor('dora', { userAgent: IPHONE }),
      await world.visitor('dora', { userAgent: FIREFOX }),
    ]
    await desk.signUp()
    await phone.logIn()
    await sofa.logIn()
    await openSettings(phone)
    await openSettings(desk)
    const devices = desk.page.locator('main').getByRole('listitem')
    await eventually(() => devices.count()).toBe(3)
    await eventually(async () => (await devices.first().innerText()).includes('1 window open')).toBe(true)

    await desk.page.getByRole('button', { name: 'End Safari on iPhone' }).click()
    await phone.arrivesAt('/login?next=%2Fsettings')
    expect(await phone.page.locator('main').innerText()).toContain('Your session has ended')
    await eventually(() => devices.count()).toBe(2)
    await sofa.seesStatus('Live')

    await phone.submit('Log in')
    await phone.arrivesAt('/settings')
    await desk.page.reload()
    await eventually(() => devices.count()).toBe(3)
    await desk.page.getByRole('button', { name: 'End all others' }).click()
    await phone.arrivesAt('/login?next=%2Fsettings')
    await sofa.arrivesAt('/login')
    await eventually(() => devices.count()).toBe(1)
    await desk.seesStatus('Live')
  })

  test('a new password ends the other devices, and is the one that counts', async () => {
    const [desk, phone] = [await world.visitor('emil'), await world.visitor('emil', { userAgent: IPHONE })]
    await desk.signUp()
    await phone.logIn()
    await openSettings(desk)
    const change = async (current: string, next: string) => {
      await desk.page.getByLabel('Current password').fill(current)
      await desk.page.getByLabel('New password').fill(next)
      await desk.page.getByRole('button', { name: 'Change password' }).click()
    }
    const faultIn = (label: string) => desk.page.getByLabel(label).getAttribute('aria-invalid')

    await change('wrong wrong wrong', 'a quite new password')
    await desk.seesAlert(/./)
    expect([await faultIn('Current password'), await faultIn('New password')]).toEqual(['true', null])
    await change(desk.password, 'short')
    await desk.seesAlert(/8/)
    expect([await faultIn('Current password'), await faultIn('New password')]).toEqual([null, 'true'])
    await phone.seesStatus('Live')

    await change(desk.password, 'a quite new password')
    await desk.page.getByText('Your password is changed.').waitFor()
    expect(await desk.page.getByRole('alert').count()).toBe(0)
    await phone.arrivesAt('/login')
    await desk.seesStatus('Live')

    await phone.submit('Log in')
    await phone.seesAlert(/wrong/)
    const again = new Visitor(phone.page, 'emil', 'a quite new password')
    await again.logIn()
  })

  test('a chosen theme is there before the first paint, and stays', async () => {
    const visitor = await world.visitor('fred')
    await visitor.signUp()
    await openSettings(visitor)
    const background = () => visitor.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await background()
    await visitor.page.getByRole('radio', { name: 'Dark' }).check()
    await eventually(background).not.toBe(light)
    const dark = await background()

    // Without the app: what the page looks like before its script has run.
    await visitor.page.route('**/assets/*.js', (route) => route.abort())
    await visitor.page.reload()
    expect(await background()).toBe(dark)
    await visitor.page.unroute('**/assets/*.js')
    await visitor.page.reload()
    await visitor.page.getByRole('radio', { name: 'System' }).check()
    await eventually(background).toBe(light)
  })
}
