/**
 * The key that names are ordered and told apart by: NFKC, case-folded, NFKC again.
 * @see https://www.unicode.org/reports/tr44/#Casemapping
 */
export function foldName(name: string): string {
  // Most names, and what ASCII folds to is its lower case.
  if (/^[ -~]*$/.test(name)) return name.toLowerCase()
  let folded = ''
  for (const character of name.normalize('NFKC')) folded += foldCharacter(character)
  return folded.normalize('NFKC')
}

/**
 * A string whose `<` is the order of the folded name's UTF-8 bytes (PostgreSQL `COLLATE "C"`).
 * It is for comparing only: UTF-16 puts U+E000 to U+FFFF behind the astral characters, so those trade places here.
 */
export function nameKey(name: string): string {
  const folded = foldName(name)
  return /[\uD800-\uFFFF]/.test(folded) ? swapSurrogates(folded) : folded
}

function swapSurrogates(text: string): string {
  let key = ''
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    key += String.fromCharCode(unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit)
  }
  return key
}

/** Full case folding is lower(upper(c)), but for these: their upper case is not theirs alone. */
function foldCharacter(character: string): string {
  if (character === 'ı') return character
  if (/[\u13A0-\u13F5]/.test(character)) return character
  if (/[\u13F8-\u13FD\uAB70-\uABBF]/.test(character)) return character.toUpperCase()
  return character.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}
