import type { Change, Entry, Notice } from '@rollcall/presence'
import { z } from 'zod'

/** `[epoch, first, at, [kind, id, detail, kind, id, detail, …]]`, as `write` in prelude.lua encodes it. */
const Encoded = z.tuple([z.string(), z.int(), z.number(), z.array(z.string()).min(3)])

/**
 * An entry as it is published and logged.
 * @throws Error where the text is none.
 */
export function decodeEntry(text: string): Entry {
  const [epoch, first, at, flat] = Encoded.parse(JSON.parse(text))
  const changes: Change[] = []
  for (let i = 0; i < flat.length; i += 3) {
    const [kind = '', id = '', detail = ''] = [flat[i], flat[i + 1], flat[i + 2]]
    changes.push(decodeChange(kind, id, detail))
  }
  return { epoch, first, at, changes }
}

/** A notice as the script takes it: kind, id, detail. */
export function encodeNotice(notice: Notice): [kind: string, id: string, detail: string] {
  switch (notice.kind) {
    case 'added':
      return ['a', notice.id, notice.name]
    case 'removed':
      return ['r', notice.id, notice.name]
    case 'ended':
      return ['e', notice.id, notice.session]
  }
}

function decodeChange(kind: string, id: string, detail: string): Change {
  switch (kind) {
    case '+':
      return { kind: 'online', id, name: detail }
    case '-':
      return { kind: 'offline', id, name: detail }
    case 'a':
      return { kind: 'added', id, name: detail }
    case 'r':
      return { kind: 'removed', id, name: detail }
    case 'e':
      return { kind: 'ended', id, session: detail }
    default:
      throw new Error(`An entry holds a change of the unknown kind ${JSON.stringify(kind)}`)
  }
}
