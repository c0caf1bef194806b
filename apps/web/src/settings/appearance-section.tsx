import { useState } from 'react'

import { chooseAnnounce, readAnnounce } from '../ui/announce-setting.ts'
import { chooseTheme, readTheme } from '../ui/theme.ts'
import type { Theme } from '../ui/theme.ts'
import { Section } from './section.tsx'

const THEMES: readonly { theme: Theme; words: string }[] = [
  { theme: 'system', words: 'System' },
  { theme: 'light', words: 'Light' },
  { theme: 'dark', words: 'Dark' },
]

export function AppearanceSection() {
  const [chosen, setChosen] = useState(readTheme)
  const [announce, setAnnounce] = useState(readAnnounce)
  return (
    <Section title="This browser">
      <fieldset className="choice">
        <legend>Theme</legend>
        <div className="segments">
          {THEMES.map(({ theme, words }) => (
            <label className="segment" key={theme}>
              <input
                type="radio"
                name="theme"
                checked={theme === chosen}
                onChange={() => {
                  setChosen(theme)
                  chooseTheme(theme)
                }}
              />
              {words}
            </label>
          ))}
        </div>
      </fieldset>
      <label className="check">
        <input
          type="checkbox"
          checked={announce}
          onChange={(event) => {
            setAnnounce(event.currentTarget.checked)
            chooseAnnounce(event.currentTarget.checked)
          }}
        />
        Tell screen readers who comes and goes
      </label>
    </Section>
  )
}
