import fs from 'node:fs'
import { registerHooks, syncBuiltinESMExports } from 'node:module'
import { fileURLToPath } from 'node:url'

import type { Cut } from './twin.ts'
import { twins } from './twins.ts'

/** Runs the product without one of its defences: `node twin-main.ts NAME`. For the fault suite, which must see the difference. */
const name = process.argv[2]
const twin = twins.find((each) => each.name === name)
if (twin === undefined) throw new Error(`There is no twin ${name}.`)

const root = new URL('../../../../', import.meta.url)
const cuts = new Map<string, Cut[]>()
for (const cut of twin.cuts) {
  const path = fileURLToPath(new URL(cut.file, root))
  cuts.set(path, [...(cuts.get(path) ?? []), cut])
}

/** Sources change: a defence that has moved must not seem to be switched off. */
function cutText(path: string, text: string): string {
  return (cuts.get(path) ?? []).reduce((left, { file, from, to }) => {
    if (!left.includes(from)) throw new Error(`${file} does not say any more: ${from}`)
    return left.replace(from, () => to)
  }, text)
}

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.startsWith('file:') || !cuts.has(fileURLToPath(url))) return loaded
    const { source } = loaded
    const text = typeof source === 'string' ? source : new TextDecoder().decode(source)
    return { ...loaded, source: cutText(fileURLToPath(url), text) }
  },
})

const readFileSync = fs.readFileSync.bind(fs)
Object.assign(fs, {
  readFileSync: (...args: Parameters<typeof readFileSync>) => {
    const read: unknown = readFileSync(...args)
    const path = args[0] instanceof URL ? fileURLToPath(args[0]) : args[0]
    return typeof read === 'string' && typeof path === 'string' ? cutText(path, read) : read
  },
})
syncBuiltinESMExports()

await import(new URL('apps/api/src/main.ts', root).href)
