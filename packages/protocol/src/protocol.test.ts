import { expect, test } from 'vitest'
import { z } from 'zod'

import * as protocol from './index.ts'

/** What each version of the wire was. A change of any schema is a new version. */
const PINNED: Record<number, string> = {
  1: 'd93c3ab1a435b7c9',
}

test('the wire changes only together with its version', () => {
  const hash = hashOf(allSchemas())
  expect(hash, 'a schema changed: raise PROTOCOL_VERSION and pin its new hash here').toBe(
    PINNED[protocol.PROTOCOL_VERSION],
  )
})

test('a changed schema has another hash, and the order in which keys were written does not matter', () => {
  const one = z.strictObject({ a: z.string(), b: z.number().max(5) })
  const same = z.strictObject({ b: z.number().max(5), a: z.string() })
  const other = z.strictObject({ a: z.string(), b: z.number().max(6) })
  expect(hashOf({ one })).toBe(hashOf({ one: same }))
  expect(hashOf({ one })).not.toBe(hashOf({ one: other }))
})

test('the subprotocol names the version', () => {
  expect(protocol.SUBPROTOCOL).toBe(`rollcall.v${protocol.PROTOCOL_VERSION}`)
})

function allSchemas(): Record<string, z.ZodType> {
  const schemas = Object.entries(protocol).flatMap(([name, value]) =>
    value instanceof z.ZodType ? [[name, value] as const] : [],
  )
  return Object.fromEntries(schemas)
}

function hashOf(schemas: Record<string, z.ZodType>): string {
  const described = Object.entries(schemas).map(([name, schema]) => [
    name,
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
    z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }),
  ])
  return fnv1a(canonical(Object.fromEntries(described.map(([name, ...rest]) => [name, rest]))))
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.map(canonical)
    // `required` is a set: JSON Schema gives its order no meaning.
    return `[${(value.every((item) => typeof item === 'string') ? items.toSorted() : items).join()}]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`
}

/** @see http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let i = 0; i < text.length; i++)
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n)
  return hash.toString(16).padStart(16, '0')
}
