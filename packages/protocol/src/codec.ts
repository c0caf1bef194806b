import { ClientMessage } from './client-messages.ts'
import type { ErrorMessage } from './connection.ts'
import { ServerMessage } from './server-messages.ts'
import { WatchAll, WatchSome } from './watch.ts'

export type Parsed<T> = { ok: true; message: T } | { ok: false; code: ErrorMessage['code']; reason: string }

/** A text from a client, understood or answered with what is wrong; never throws. */
export function parseClientMessage(text: string): Parsed<ClientMessage> {
  const json = parseJson(text)
  if (!json.ok) return json
  const type = typeOf(json.value)
  if (type !== 'watch') {
    const named =
      type === undefined ? 'A message without a type' : `The type ${JSON.stringify(type.slice(0, 40))}`
    return { ok: false, code: 'unknown_type', reason: `${named} is not known. Allowed: "watch".` }
  }
  const parsed = ClientMessage.safeParse(json.value)
  if (parsed.success) return { ok: true, message: parsed.data }
  return { ok: false, code: 'bad_message', reason: watchFault(json.value) }
}

/** A text from a server, understood or not; never throws. A newer server may send what is not known here. */
export function parseServerMessage(text: string): Parsed<ServerMessage> {
  const json = parseJson(text)
  if (!json.ok) return json
  const parsed = ServerMessage.safeParse(json.value)
  if (parsed.success) return { ok: true, message: parsed.data }
  const fault = parsed.error.issues[0]
  return { ok: false, code: 'bad_message', reason: `${fault?.path.join('.') ?? ''}: ${fault?.message ?? ''}` }
}

export function encode(message: ClientMessage | ServerMessage): string {
  return JSON.stringify(message)
}

function parseJson(
  text: string,
): { ok: true; value: unknown } | { ok: false; code: 'bad_json'; reason: string } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return {
      ok: false,
      code: 'bad_json',
      reason: 'The message is not JSON. Allowed: one JSON object a message.',
    }
  }
}

function typeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined
  return typeof value.type === 'string' ? value.type : undefined
}

function watchFault(value: unknown): string {
  const kind =
    typeof value === 'object' && value !== null && 'all' in value ? WatchShapes.all : WatchShapes.some
  const fault = kind.schema.safeParse(value).error?.issues[0]
  const where = fault !== undefined && fault.path.length > 0 ? `${fault.path.join('.')}: ` : ''
  return `${where}${(fault?.message ?? 'not understood').slice(0, LONGEST_FAULT)}. Allowed: ${kind.allowed}`
}

/** Some faults quote what was sent, which may be long. */
const LONGEST_FAULT = 200

const WatchShapes = {
  all: { schema: WatchAll, allowed: '{type: "watch", ref?, all: true}' },
  some: {
    schema: WatchSome,
    allowed: '{type: "watch", ref?, users: [id, …], online?: {from: name | rank | null, limit: 1 to 200}}',
  },
} as const
