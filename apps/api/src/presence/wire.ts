import type { AccountChange, Listed, NetChange } from '@rollcall/presence'
import type { Counts, Freshness, Scope, ServerMessage, Window } from '@rollcall/protocol'
import { encode } from '@rollcall/protocol'

import { frameBefore, textFrame } from './frame.ts'

/** Bytes for many sockets, and the counts that they tell. */
export interface Frame {
  readonly bytes: Buffer
  readonly counts: Counts | null
}

export function messageFrame(message: ServerMessage, counts: Counts | null = null): Frame {
  return { bytes: textFrame(encode(message)), counts }
}

export function presenceFrame(changes: readonly string[], counts: Counts): Frame {
  const text = `{"type":"presence","changes":[${changes.join()}],"counts":${JSON.stringify(counts)}}`
  return { bytes: textFrame(text), counts }
}

export function directoryFrame(changes: readonly AccountChange[], counts: Counts): Frame {
  const named = changes.map(({ op, id, name }) => ({ op, id, username: name }))
  return messageFrame({ type: 'directory', changes: named, counts }, counts)
}

export function countsFrame(counts: Counts): Frame & { readonly counts: Counts } {
  return { ...messageFrame({ type: 'counts', ...counts }), counts }
}

export function freshnessOf(freshness: { state: 'live' | 'stale'; since: number }): Freshness {
  return { state: freshness.state, since: timeOf(freshness.since) }
}

export function changeText({ id, name, online, at }: NetChange): string {
  const status = online ? 'online' : 'offline'
  return `{"id":${JSON.stringify(id)},"username":${JSON.stringify(name)},"status":"${status}","at":"${timeOf(at)}"}`
}

export function onlineText({ id, name }: Listed): string {
  return `{"id":${JSON.stringify(id)},"username":${JSON.stringify(name)},"status":"online","lastSeenAt":null}`
}

export function offlineText(id: string, name: string, lastSeenAt: number | null): string {
  const seen = lastSeenAt === null ? 'null' : `"${timeOf(lastSeenAt)}"`
  return `{"id":${JSON.stringify(id)},"username":${JSON.stringify(name)},"status":"offline","lastSeenAt":${seen}}`
}

/** What the same part of a snapshot has in common for all who get it: everything behind the head. */
export function snapshotTail(users: readonly string[], complete: boolean, window?: Window): Buffer {
  const stretch = window === undefined ? '' : `,"window":${JSON.stringify(window)}`
  return Buffer.from(`"users":[${users.join()}],"complete":${complete}${stretch}}`)
}

/** The head of a snapshot's part, with the frame's header. */
export function snapshotHead(
  scope: Scope,
  ref: string | number | undefined,
  part: number,
  tail: Buffer,
): Buffer {
  const answered = ref === undefined ? '' : `"ref":${JSON.stringify(ref)},`
  return frameBefore(`{"type":"snapshot","scope":"${scope}",${answered}"part":${part},`, tail.length)
}

let lastTime = Number.NaN
let lastText = ''

/** What changes together has the same time. */
function timeOf(ms: number): string {
  if (ms !== lastTime) {
    lastTime = ms
    lastText = new Date(ms).toISOString()
  }
  return lastText
}
