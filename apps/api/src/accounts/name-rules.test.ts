import { describe, expect, it } from 'vitest'

import { nameFault } from './name-rules.ts'

describe('a username', () => {
  it.each([
    'michael',
    'a',
    '7',
    'x'.repeat(32),
    'José',
    'Jose\u0301',
    'Ａｎａ',
    'Müller_99',
    'a.b-c@d+e',
    'Пётр',
    'Νίκος',
    'ﺍﺣﻤﺪ',
    'محمد١٢',
    'नीरज',
    'דָּוִד',
    '山田たろう',
    'タローー',
    '김철수金',
    '金ㄅㄆ',
    'สมชาย',
    'Đặng',
    '𝒜𝓃𝒶',
    '가'.normalize('NFD').repeat(32),
  ])('may be %s', (name) => {
    expect(nameFault(name)).toBeNull()
  })

  it.each([
    ['', 'empty'],
    ['x'.repeat(33), '33 characters'],
    ['<b>', '“<”'],
    ['a b', 'A space'],
    ['a\u00A0b', 'A space'],
    [' a', 'A space'],
    ['a\u202Eb', 'U+202E'],
    ['a\u2066b', 'U+2066'],
    ['a\u200Bb', 'U+200B'],
    ['a\u200Db', 'U+200D'],
    ['a\uFEFFb', 'U+FEFF'],
    ['a\u00ADb', 'U+00AD'],
    ['a\u0000b', 'U+0000'],
    ['a\nb', 'U+000A'],
    ['a\u115Fb', 'U+115F'],
    ['a\u3164b', 'U+1160'],
    ['a\uFE0Fb', 'U+FE0F'],
    ['🙂', '“🙂”'],
    ['a/b', '“/”'],
    ['\uD800', 'half a character'],
    ['\u0301a', 'mark without a letter'],
    ['a-\u0301', 'mark without a letter'],
    ['a\u20DD', 'U+20DD'],
    ['q\u0300\u0301\u0302\u0303\u0304', 'mark'],
    ['...', 'neither a letter nor a digit'],
    ['аdmin', 'mixes scripts'],
    ['pаypal', 'mixes scripts'],
    ['Ωmega', 'mixes scripts'],
    ['たろう김', 'mixes scripts'],
    ['aअ', 'mixes scripts'],
    ['a١', 'mixes scripts'],
    ['김ㄅ', 'mixes scripts'],
  ])('may not be %j', (name, why) => {
    expect(nameFault(name)).toContain(why)
    expect(nameFault(name)).toContain('Allowed: 1 to 32')
  })
})
