const MAX = 32
const MAX_MARKS_IN_A_ROW = 4

const ALLOWED = `Allowed: 1 to ${MAX} letters and digits of one script, and _ . - @ +`

/** What is wrong with a username, in words for a person; null where nothing is. Looked at after NFKC. */
export function nameFault(username: string): string | null {
  if (!username.isWellFormed()) return `It holds half a character. ${ALLOWED}`
  const name = username.normalize('NFKC')
  const characters = Array.from(name)
  if (characters.length === 0) return `It is empty. ${ALLOWED}`
  if (characters.length > MAX) return `It has ${characters.length} characters. ${ALLOWED}`
  const stranger = characters.find((character) => !allowedCharacter.test(character))
  if (stranger !== undefined) return `${describe(stranger)} is not allowed. ${ALLOWED}`
  if (!/[\p{L}\p{N}]/u.test(name)) return `It has neither a letter nor a digit. ${ALLOWED}`
  if (!marksBelong.test(name)) return `It has a mark without a letter, or too many on one. ${ALLOWED}`
  if (!isOfOneScript(name)) return `It mixes scripts. ${ALLOWED}`
  return null
}

/** Letters, marks and digits that can be seen, and five signs. */
const allowedCharacter = /^(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{Mn}\p{Mc}\p{Nd}_.@+-]$/u

const marksBelong = new RegExp(`^(?:[\\p{Nd}_.@+\\-]|\\p{L}\\p{M}{0,${MAX_MARKS_IN_A_ROW}})*$`, 'u')

/**
 * UTS #39: the sets of scripts of all characters have one in common. Han counts with Hiragana and Katakana, with Hangul and with Bopomofo.
 * @see https://www.unicode.org/reports/tr39/#Mixed_Script_Detection
 */
function isOfOneScript(name: string): boolean {
  if (/^[\p{scx=Common}\p{scx=Inherited}]*$/u.test(name)) return true
  return scriptSets().some((set) => set.test(name))
}

let compiled: RegExp[] | undefined

function scriptSets(): RegExp[] {
  compiled ??= [
    ['Han', 'Hira', 'Kana'],
    ['Han', 'Hang'],
    ['Han', 'Bopo'],
    ...scripts.split(' ').map((one) => [one]),
  ]
    .filter((together) => together.every(isKnown))
    .map((together) => {
      const classes = together.map((script) => `\\p{scx=${script}}`).join('')
      return new RegExp(`^[${classes}\\p{scx=Common}\\p{scx=Inherited}]*$`, 'u')
    })
  return compiled
}

/** This Node may know an older Unicode. */
function isKnown(script: string): boolean {
  try {
    return new RegExp(`\\p{scx=${script}}`, 'u').source !== ''
  } catch {
    return false
  }
}

function describe(character: string): string {
  if (character === ' ') return 'A space'
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) && !/\p{Default_Ignorable_Code_Point}/u.test(character)
    ? `“${character}” (${code})`
    : `The character ${code}`
}

/** The scripts of Unicode 17, by their ISO 15924 codes, those of most people first. */
const scripts =
  'Latn Cyrl Grek Arab Deva Hebr Thai Hang Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Armn Geor Khmr Laoo Mymr Tibt Ethi Mong ' +
  'Syrc Thaa Cher Cans Nkoo Tfng Adlm Java Bali Sund Lana Yiii Vaii Bamu Osge Dsrt Shaw Ogam Runr Goth Copt Glag Tglg Hano Buhd Tagb ' +
  'Limb Tale Talu Bugi Cham Kali Lepc Olck Rjng Saur Phag Batk Brah Kthi Lisu Mtei Mand Samr Sylo Cakm Shrd Takr Merc Mero Aghb Bass ' +
  'Dupl Elba Gran Hmng Khoj Lina Linb Mahj Mani Mend Modi Mroo Narb Nbat Palm Pauc Perm Phlp Sidd Sind Tirh Wara Ahom Hluw Hatr Mult ' +
  'Hung Sgnw Bhks Marc Newa Tang Gonm Nshu Soyo Zanb Dogr Gong Maka Medf Rohg Sogd Sogo Elym Nand Hmnp Wcho Chrs Diak Kits Yezi Cpmn ' +
  'Ougr Tnsa Toto Vith Kawi Nagm Gara Gukh Krai Onao Sunu Todr Tutg Sidt Tayo Berf Armi Avst Cari Cprt Egyp Ital Khar Lyci Lydi Orkh ' +
  'Osma Perm Phli Phnx Plrd Prti Sarb Ugar Xpeo Xsux'
