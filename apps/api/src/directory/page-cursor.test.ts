import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decodeCursor, encodeCursor } from './page-cursor.ts'

describe('a cursor', () => {
  it('gives back the name it was made from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        fc.pre(name.isWellFormed() && !name.includes('\0'))
        expect(encodeCursor(name)).toMatch(/^[\w-]*$/)
        expect(decodeCursor(encodeCursor(name))).toBe(name)
      }),
    )
  })

  it('is told apart from what somebody made up', () => {
    const cursor = encodeCursor('ann')
    const made = [
      'x',
      'garbage',
      'YW5u',
      `${cursor}=`,
      `${cursor} `,
      cursor.slice(1),
      '%00',
      '0',
      'ann',
      '🙂',
    ]
    for (const text of made) expect(decodeCursor(text)).toBeNull()
    expect(decodeCursor(Buffer.from('name:\0').toString('base64url'))).toBeNull()
    expect(decodeCursor(Buffer.from([...Buffer.from('name:'), 0xff]).toString('base64url'))).toBeNull()
  })

  it('is no more than a guess, where it is one', () => {
    fc.assert(fc.property(fc.string(), (text) => void decodeCursor(text)))
  })
})
