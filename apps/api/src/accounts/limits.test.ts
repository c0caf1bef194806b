import { Problem } from '@rollcall/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { type Answer, Visitor } from '../testing/visitor.ts'

describe('limits', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      TRUST_PROXY: 'loopback',
      SIGNUPS_PER_MINUTE: '2',
      LOGIN_FAILURES_PER_MINUTE: '3',
    })
  })
  afterAll(() => server.stop())

  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
  const signUp = (username: string, address = '192.0.2.1') =>
    new Visitor(server.address).post('/api/auth/signup', { username, password: 'johnson123' }, from(address))
  const logIn = (username: string, password: string, address = '192.0.2.1') =>
    new Visitor(server.address).post('/api/auth/login', { username, password }, from(address))
  const statuses = (answers: Answer[]) => answers.map((answer) => answer.status).toSorted((a, b) => a - b)

  it('on accounts that one address creates: only those that came to be count', async () => {
    await signUp('one')
    expect((await signUp('one')).status).toBe(409)
    expect((await signUp('<two>')).status).toBe(400)
    expect((await signUp('two')).status).toBe(201)
    const refused = await signUp('three')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused.json(Problem).status).toBe(429)
    expect((await signUp('three', '192.0.2.2')).status).toBe(201)
  })

  it('count a client by what the proxy says, not by what he says to the proxy', async () => {
    await signUp('proxied-one', '203.0.113.50')
    await signUp('proxied-two', '198.51.100.77, 203.0.113.50')
    expect((await signUp('proxied-three', '198.51.100.78, 203.0.113.50')).status).toBe(429)
  })

  it('count the addresses that one IPv6 client can choose from together', async () => {
    await signUp('six-one', '2001:db8:1:2::1')
    await signUp('six-two', '2001:db8:1:2:1::1')
    expect((await signUp('six-three', '2001:db8:1:2:ffff::9')).status).toBe(429)
    expect((await signUp('six-three', '2001:db8:1:3::1')).status).toBe(201)
  })

  it('on failed log-ins of one account, from everywhere together, not one of many at once slips through', async () => {
    await signUp('michael', '198.51.100.1')
    await signUp('other', '198.51.100.1')
    const tries = await Promise.all(
      Array.from({ length: 8 }, (_, i) => logIn('Michael', 'a wrong one', `198.51.100.${i + 1}`)),
    )
    expect(statuses(tries)).toEqual([401, 401, 401, 429, 429, 429, 429, 429])
    expect((await logIn('michael', 'johnson123', '198.51.100.9')).status).toBe(429)
    expect((await logIn('other', 'johnson123', '198.51.100.1')).status).toBe(200)
  })

  it('on failed log-ins from one address, on whatever accounts', async () => {
    await signUp('sandra', '203.0.113.1')
    const tries = Array.from({ length: 30 }, (_, i) => logIn(`nobody-${i}`, 'a wrong one', '203.0.113.1'))
    expect(new Set(statuses(await Promise.all(tries)))).toEqual(new Set([401]))
    expect((await logIn('sandra', 'johnson123', '203.0.113.1')).status).toBe(429)
    expect((await logIn('sandra', 'johnson123', '203.0.113.2')).status).toBe(200)
  })

  it('take log-ins that are right for what they are, however many', async () => {
    await signUp('often', '192.0.2.30')
    const tries = await Promise.all(Array.from({ length: 8 }, () => logIn('often', 'johnson123')))
    expect(new Set(statuses(tries))).toEqual(new Set([200]))
  })

  it('count a wrong password at a password change and at a deletion', async () => {
    const who = new Visitor(server.address)
    const body = { username: 'forgetful', password: 'johnson123' }
    await who.post('/api/auth/signup', body, from('192.0.2.40'))
    const change = { currentPassword: 'a wrong one', newPassword: 'another one' }
    expect((await who.put('/api/auth/password', change)).status).toBe(400)
    expect((await who.put('/api/auth/password', change)).status).toBe(400)
    expect((await who.delete('/api/account', { body: { password: 'a wrong one' } })).status).toBe(400)
    expect((await who.delete('/api/account', { body: { password: 'johnson123' } })).status).toBe(429)
  })
})
