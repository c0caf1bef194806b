import { parseServerMessage } from '@rollcall/protocol'

import type { Heard } from './heard.ts'

/** Somebody who connects. */
export interface Visitor {
  readonly name: string
  /** The `Cookie` header that proves him to Rollcall. */
  readonly cookie: string
}

/** How one talks to a server of this kind. */
export interface Dialect {
  request(visitor: Visitor | null, watches: boolean): { path: string; headers: readonly string[] }
  readonly read: (text: string) => Heard
}

/** Here nobody is anonymous; who watches says so after he is in. */
export const rollcallDialect: Dialect = {
  request: (visitor) => ({ path: '/api/ws', headers: [`Cookie: ${visitor?.cookie ?? ''}`] }),
  read: (text) => {
    const parsed = parseServerMessage(text)
    if (!parsed.ok) throw new Error(`Not understood: ${parsed.reason}`)
    const { message } = parsed
    switch (message.type) {
      case 'presence':
        return {
          kind: 'changes',
          changes: message.changes.map(({ username, status, at }) => ({
            name: username,
            online: status === 'online',
            mark: at,
          })),
        }
      case 'snapshot':
        return {
          kind: 'snapshot',
          names: message.users.filter(({ status }) => status === 'online').map(({ username }) => username),
          isFirst: message.part === 0,
          isLast: message.complete,
        }
      case 'welcome':
        return { kind: 'welcome' }
      default:
        return { kind: 'other' }
    }
  },
}

export const plainDialect: Dialect = {
  request: (visitor, watches) => ({ path: `/?${query(visitor, watches)}`, headers: [] }),
  read: (text) => peerMessage(JSON.parse(text)),
}

/** The websocket transport of Engine.IO 4: `0` opens, `2` is a ping; `42` is an event of Socket.IO, `40` lets one in. */
export const socketIoDialect: Dialect = {
  request: (visitor, watches) => ({
    path: `/socket.io/?EIO=4&transport=websocket&${query(visitor, watches)}`,
    headers: [],
  }),
  read: (text) => {
    if (text.startsWith('42')) {
      const { 0: type, 1: body } = toObject(JSON.parse(text.slice(2)))
      return peerMessage(type === 'users' ? { type, users: body } : { ...toObject(body), type })
    }
    if (text.startsWith('40')) return { kind: 'welcome' }
    if (text.startsWith('0')) return { kind: 'question', answer: '40' }
    return text === '2' ? { kind: 'question', answer: '3' } : { kind: 'other' }
  },
}

function query(visitor: Visitor | null, watches: boolean): string {
  const named = visitor === null ? '' : `user=${encodeURIComponent(visitor.name)}`
  return watches ? `${named}&watch=1` : named
}

function peerMessage(message: unknown): Heard {
  const { type, user, users, online, at } = toObject(message)
  if (type === 'presence' && typeof user === 'string' && typeof online === 'boolean')
    return { kind: 'changes', changes: [{ name: user, online, mark: String(at) }] }
  if (type === 'users' && Array.isArray(users))
    return { kind: 'snapshot', names: users.map(String), isFirst: true, isLast: true }
  return { kind: 'other' }
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
