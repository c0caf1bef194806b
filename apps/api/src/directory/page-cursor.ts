/** Says that a text was made here: what somebody guesses is told apart from what was given out. */
const MARK = 'name:'

/** An opaque place in the list: behind the user whose folded name is `key`. */
export function encodeCursor(key: string): string {
  return Buffer.from(MARK + key).toString('base64url')
}

/** The folded name that {@link encodeCursor} took, or null where it did not make this text. */
export function decodeCursor(cursor: string): string | null {
  const text = Buffer.from(cursor, 'base64url').toString()
  if (!text.startsWith(MARK) || text.includes('\0')) return null
  const key = text.slice(MARK.length)
  return encodeCursor(key) === cursor ? key : null
}
