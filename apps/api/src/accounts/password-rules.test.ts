import { describe, expect, it } from 'vitest'

import { passwordFault } from './password-rules.ts'

describe('a password', () => {
  it.each([
    'johnson123',
    'correct horse',
    'x1!'.padEnd(8, 'y'),
    'aB3$'.repeat(32),
    '🐎🔋📎🧷🐴🪫🖇️',
    '        spaces  ',
    'пароль-из-букв',
    'nul\u0000nul\u0000',
    'é'.repeat(128),
  ])('may be %j', (password) => {
    expect(passwordFault(password, 'michael')).toBeNull()
  })

  it.each([
    ['', '0 characters'],
    ['seven77', '7 characters'],
    ['🐎🔋📎🧷🐴🪫🐎', '7 characters'],
    ['x'.repeat(129), '129 characters'],
    ['password', 'commonly used'],
    ['PassWord1', 'commonly used'],
    ['12345678', 'commonly used'],
    ['0123456789', 'commonly used'],
    ['87654321', 'commonly used'],
    ['iloveyou', 'commonly used'],
    ['qwertyuiop', 'commonly used'],
    ['aaaaaaaa', 'commonly used'],
    ['abcabcabc', 'commonly used'],
    ['abcdefgh', 'commonly used'],
    ['sunshine', 'commonly used'],
    ['\uD800\uD800\uD800\uD800\uD800\uD800\uD800\uD800', 'half a character'],
    ['Michael-Smith', 'the username'],
    ['ｍichael-smith', 'the username'],
  ])('may not be %j', (password, why) => {
    expect(passwordFault(password, 'michael-smith')).toContain(why)
  })
})
