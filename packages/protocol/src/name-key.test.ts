import fc from 'fast-check'
import { expect, test } from 'vitest'

import { foldName, nameKey } from './name-key.ts'

const name = fc.string({ unit: 'binary', maxLength: 6 })
/** Around the places where UTF-16 and UTF-8 differ in order. */
const edgy = fc
  .array(
    fc.constantFrom('a', 'z', '\u{D7FF}', '\u{E000}', '\u{FFFD}', '\u{10000}', '\u{1F600}', '\u{10FFFF}'),
    {
      maxLength: 4,
    },
  )
  .map((characters) => characters.join(''))

test('name order is the order of the folded names as UTF-8 bytes', () => {
  const pair = fc.oneof(fc.tuple(name, name), fc.tuple(edgy, edgy), fc.tuple(edgy, name))
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const [keyA, keyB] = [nameKey(a), nameKey(b)]
      const order = keyA < keyB ? -1 : keyA > keyB ? 1 : 0
      expect(order).toBe(compareBytes(utf8(foldName(a)), utf8(foldName(b))))
    }),
    { numRuns: 5_000 },
  )
})

test('a name in ASCII folds alone as it does within another', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (ascii) => {
      expect(foldName(ascii) + 'ж').toBe(foldName(`${ascii}Ж`))
    }),
    { numRuns: 5_000 },
  )
})

test('folding twice is folding once', () => {
  fc.assert(
    fc.property(name, (each) => {
      expect(foldName(foldName(each))).toBe(foldName(each))
    }),
    { numRuns: 5_000 },
  )
})

test('upper case and lower case of a letter fold to the same name, except where Unicode says otherwise', () => {
  const differing: string[] = []
  for (let point = 0; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue
    const character = String.fromCodePoint(point)
    if (foldName(character) !== foldName(character.toUpperCase())) differing.push(character)
  }
  expect(differing).toEqual(['ı'])
})

test.each([
  ['case', 'MICHAEL', 'michael'],
  ['full width', 'ｍｉｃｈａｅｌ', 'michael'],
  ['a ligature', 'ﬁn', 'fin'],
  ['sharp s', 'STRAẞE', 'strasse'],
  ['sharp s, small', 'straße', 'strasse'],
  ['the sigma at the end of a word', 'ΣΟΦΟΣ', 'σοφοσ'],
  ['the sigma at the end of a word, typed', 'σοφος', 'σοφοσ'],
  ['the dotless i', 'ısmail', 'ısmail'],
  ['the dotted capital i', 'İ', 'i̇'],
  ['Cherokee capitals stay', 'ᏣᎳᎩ', 'ᏣᎳᎩ'],
  ['Cherokee small letters rise', 'ꮳꮃꭹ', 'ᏣᎳᎩ'],
  ['a composed and a decomposed letter', 'e\u0301', 'é'],
  ['Georgian', 'ᲐᲑ', 'აბ'],
])('folding: %s', (_, from, to) => {
  expect(foldName(from)).toBe(to)
})

function utf8(text: string): number[] {
  const bytes: number[] = []
  for (const [, hex, plain] of encodeURIComponent(text).matchAll(/%(..)|(.)/g))
    bytes.push(hex === undefined ? (plain?.charCodeAt(0) ?? 0) : Number.parseInt(hex, 16))
  return bytes
}

function compareBytes(a: number[], b: number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return Math.sign(a.length - b.length)
}
