import type { RollcallHttp } from '@rollcall/client'
import { useState } from 'react'

import { useForm } from '../platform/use-form.ts'
import { Field, FormAlert } from '../ui/field.tsx'
import { SubmitButton } from '../ui/submit-button.tsx'
import { Section } from './section.tsx'

const NAMES = ['currentPassword', 'newPassword'] as const

export function PasswordSection({
  http,
  username,
  onChanged,
}: {
  http: RollcallHttp
  username: string
  onChanged: () => void
}) {
  const [done, setDone] = useState(false)
  const form = useForm(NAMES, async (value, element) => {
    const [currentPassword, newPassword] = [value('currentPassword'), value('newPassword')]
    setDone(false)
    const fields: Record<string, string> = {}
    if (currentPassword === '') fields.currentPassword = 'Enter your current password.'
    if (newPassword === '') fields.newPassword = 'Enter a new password.'
    if (Object.keys(fields).length > 0) return { fields }
    await http.changePassword(currentPassword, newPassword)
    element.reset()
    setDone(true)
    onChanged()
    return undefined
  })
  return (
    <Section title="Password" lead="Changing it logs out all your other devices.">
      <form className="form" method="post" {...form.props}>
        {form.formFault !== undefined && <FormAlert>{form.formFault}</FormAlert>}
        {/* For password managers, which want to know whose password this is. */}
        <input
          className="visually-hidden"
          type="text"
          name="username"
          autoComplete="username"
          value={username}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <Field
          label="Current password"
          name="currentPassword"
          secret
          autoComplete="current-password"
          fault={form.fault('currentPassword')}
        />
        <Field
          label="New password"
          name="newPassword"
          secret
          autoComplete="new-password"
          hint="8 or more characters. A few random words work well."
          fault={form.fault('newPassword')}
        />
        <SubmitButton busy={form.busy}>Change password</SubmitButton>
      </form>
      <p className={done ? 'notice notice-good' : 'visually-hidden'} aria-live="polite">
        {done && 'Your password is changed.'}
      </p>
    </Section>
  )
}
