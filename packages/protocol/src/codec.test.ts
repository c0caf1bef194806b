import fc from 'fast-check'
import { expect, test } from 'vitest'

import { encode, parseClientMessage, parseServerMessage } from './codec.ts'
import { MAX_CLIENT_MESSAGE_BYTES } from './limits.ts'
import type { ServerMessage } from './server-messages.ts'

test('whatever text comes, nothing is thrown, and a refusal is short and says why', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((json) => `{"type":"watch","users":${json}}`),
    fc.json().map((json) => `{"type":"watch","users":[],"online":${json}}`),
    fc.json().map((json) => `{"type":"presence","changes":${json}}`),
    fc.string({ unit: 'binary' }).map((type) => JSON.stringify({ type })),
    fc.dictionary(fc.string(), fc.jsonValue()).map((rest) => JSON.stringify({ type: 'watch', ...rest })),
  )
  fc.assert(
    fc.property(text, (each) => {
      for (const parsed of [parseClientMessage(each), parseServerMessage(each)]) {
        if (parsed.ok) continue
        expect(parsed.reason.length).toBeGreaterThan(10)
        expect(parsed.reason.length).toBeLessThan(400)
      }
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['deeply nested', '['.repeat(MAX_CLIENT_MESSAGE_BYTES)],
  [
    'deeply nested where a field belongs',
    `{"type":"watch","users":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
  ],
  ['full of unknown keys', JSON.stringify({ type: 'watch', users: [], ...keys(2_000) })],
])('a message that is %s is refused, and the refusal is short', (_, text) => {
  const parsed = parseClientMessage(text)
  expect(parsed.ok).toBe(false)
  if (!parsed.ok) expect(parsed.reason.length).toBeLessThan(400)
})

const id = fc.string({ minLength: 1, maxLength: 64 })
const ref = fc.oneof(fc.string({ maxLength: 64 }), fc.integer())
const stretch = fc.record({
  from: fc.oneof(fc.string({ minLength: 1, maxLength: 32 }), fc.nat(), fc.constant(null)),
  limit: fc.integer({ min: 1, max: 200 }),
})
const watch = fc.oneof(
  fc.record(
    { type: fc.constant('watch' as const), ref, all: fc.constant(true as const) },
    { requiredKeys: ['type', 'all'] },
  ),
  fc.record(
    { type: fc.constant('watch' as const), ref, users: fc.array(id, { maxLength: 500 }), online: stretch },
    { requiredKeys: ['type', 'users'] },
  ),
)

test('what a client encodes, a server understands', () => {
  fc.assert(
    fc.property(watch, (message) => {
      expect(parseClientMessage(encode(message))).toEqual({ ok: true, message: { ...message } })
    }),
  )
})

test('what a server encodes, a client understands, with what a newer one may add left out', () => {
  const message: ServerMessage = {
    type: 'presence',
    changes: [{ id: 'a', username: 'ada', status: 'offline', at: '2026-01-01T00:00:00.000Z' }],
    counts: { online: 1, total: 2 },
  }
  expect(parseServerMessage(encode(message))).toEqual({ ok: true, message })
  expect(parseServerMessage(JSON.stringify({ ...message, mood: 'new' }))).toEqual({ ok: true, message })
})

test.each([
  ['no JSON', '{', 'bad_json', /not JSON.*one JSON object a message/],
  ['no object', '[]', 'unknown_type', /without a type.*"watch"/],
  ['no type', '{}', 'unknown_type', /without a type.*"watch"/],
  ['a type that is no text', '{"type":7}', 'unknown_type', /without a type.*"watch"/],
  ['another type', '{"type":"subscribe"}', 'unknown_type', /"subscribe" is not known.*"watch"/],
  ['nobody named', '{"type":"watch"}', 'bad_message', /users: .*Allowed: \{type: "watch"/],
  ['an id that is no text', '{"type":"watch","users":[1]}', 'bad_message', /users\.0: .*Allowed: /],
  ['too many ids', watchOf({ users: Array(501).fill('a') }), 'bad_message', /users: .*500.*Allowed: /],
  [
    'an id that is too long',
    watchOf({ users: ['a'.repeat(65)] }),
    'bad_message',
    /users\.0: .*64.*Allowed: /,
  ],
  ['no limit', watchOf({ users: [], online: { from: null } }), 'bad_message', /online\.limit: .*1 to 200/],
  ['a limit of 0', watchOf({ users: [], online: { from: 0, limit: 0 } }), 'bad_message', /online\.limit: /],
  [
    'a limit of 201',
    watchOf({ users: [], online: { from: 0, limit: 201 } }),
    'bad_message',
    /online\.limit: /,
  ],
  ['a rank below 0', watchOf({ users: [], online: { from: -1, limit: 1 } }), 'bad_message', /online\.from: /],
  ['all and more', watchOf({ all: true, users: [] }), 'bad_message', /users.*Allowed: .*all: true/],
  ['all that is not', watchOf({ all: 1 }), 'bad_message', /all: .*true/],
  ['an unknown field', watchOf({ users: [], colour: 'red' }), 'bad_message', /colour.*Allowed: /],
  ['a prototype', '{"type":"watch","users":[],"__proto__":{"a":1}}', 'bad_message', /__proto__.*Allowed: /],
  ['a ref that is no text', watchOf({ users: [], ref: {} }), 'bad_message', /ref: .*Allowed: /],
])('%s is refused with what is wrong and what is allowed', (_, text, code, reason) => {
  const parsed = parseClientMessage(text)
  expect(parsed).toMatchObject({ ok: false, code })
  if (!parsed.ok) expect(parsed.reason).toMatch(reason)
})

function watchOf(fields: Record<string, unknown>): string {
  return JSON.stringify({ type: 'watch', ...fields })
}

function keys(many: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: many }, (_, i) => [`k${i}`, i]))
}
