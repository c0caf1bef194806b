const segmenter = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter() : undefined

/** One or two characters as a reader sees them: of the first and the last word of a name. */
export function initialsOf(username: string): string {
  const words = username.split(/[\s._@+-]+/).filter((word) => word !== '')
  const first = firstCharacter(words[0] ?? username)
  const last = words.length > 1 ? firstCharacter(words.at(-1) ?? '') : ''
  return (first + last).toLocaleUpperCase('en')
}

function firstCharacter(word: string): string {
  if (segmenter === undefined) return String.fromCodePoint(word.codePointAt(0) ?? 0)
  for (const { segment } of segmenter.segment(word)) return segment
  return ''
}

/** A hue in degrees, the same for an id on every screen; steps of 15 keep neighbours apart. */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return ((hash >>> 8) % 24) * 15
}
