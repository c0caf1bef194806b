import { dictionary } from '@zxcvbn-ts/language-common'

import { foldName } from '@rollcall/protocol'

const MIN = 8
const MAX = 128

const common = new Set(dictionary['passwords-common'])

/** What is wrong with a password, in words for a person; null where nothing is. Lengths are in code points. */
export function passwordFault(password: string, username: string): string | null {
  if (!password.isWellFormed()) return 'It holds half a character. Allowed: any characters, 8 to 128 of them.'
  const length = Array.from(password).length
  if (length < MIN) return `It has ${length} characters. Allowed: ${MIN} to ${MAX}, any characters.`
  if (length > MAX) return `It has ${length} characters. Allowed: ${MIN} to ${MAX}, any characters.`
  if (foldName(password) === foldName(username))
    return 'It is the username. Choose one that nobody can guess.'
  if (isCommon(password)) return 'It is one of the most commonly used. Choose one that nobody can guess.'
  return null
}

function isCommon(password: string): boolean {
  const lower = password.toLowerCase()
  return common.has(lower) || (lower.length <= 16 && isPattern(lower))
}

const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']

/** A few letters or digits again and again, or a stretch of the alphabet, the digits or a row of keys, either way. */
function isPattern(lower: string): boolean {
  if (/^([a-z0-9]{1,3})\1+$/.test(lower)) return true
  const backwards = Array.from(lower).toReversed().join('')
  return rows.some((row) => row.includes(lower) || row.includes(backwards))
}
