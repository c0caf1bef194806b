import { describe, expect, test } from 'vitest'

import { hueOf, initialsOf } from './initials.ts'

describe('initials', () => {
  test.each([
    ['michael', 'M'],
    ['ana.banana', 'AB'],
    ['jean-luc_picard', 'JP'],
    ['日本', '日'],
    ['éva', 'É'],
    ['e\u0301va', 'E\u0301'],
    ['...', '.'],
    ['७', '७'],
  ])('of %s are %s', (username, expected) => {
    expect(initialsOf(username)).toBe(expected)
  })
})

describe('the colour behind them', () => {
  test('is the same on every screen', () => {
    expect(hueOf('AbCdEfGhIjKlMnOp')).toBe(hueOf('AbCdEfGhIjKlMnOp'))
  })

  test('spreads over the circle', () => {
    const hues = new Set(Array.from({ length: 500 }, (_, i) => hueOf(`user-${i}`)))
    expect(hues.size).toBe(24)
  })

  test('leaves white letters at least 4.5 to 1, whatever the hue', () => {
    for (let hue = 0; hue < 360; hue += 15) {
      expect(1.05 / (luminanceOfOklch(0.5, 0.12, hue) + 0.05)).toBeGreaterThan(4.5)
    }
  })
})

/** Relative luminance (WCAG 2) of an oklch colour as avatar.css uses it; out-of-gamut channels clip, as browsers do. */
function luminanceOfOklch(lightness: number, chroma: number, hue: number): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s
  const clip = (value: number) => Math.min(1, Math.max(0, value))
  return 0.2126 * clip(red) + 0.7152 * clip(green) + 0.0722 * clip(blue)
}
