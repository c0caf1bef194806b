import type { Credentials } from '@rollcall/protocol'
import { useEffect, useRef } from 'react'

import type { Faults } from '../platform/faults.ts'
import { useForm } from '../platform/use-form.ts'
import { Field, FormAlert } from '../ui/field.tsx'
import { SubmitButton } from '../ui/submit-button.tsx'

const NAMES = ['username', 'password'] as const

/** The form of both pages; they differ in what a password manager is told and in their words. */
export function CredentialsForm({
  action,
  passwordIs,
  usernameHint,
  passwordHint,
  submit,
}: {
  action: string
  passwordIs: 'current-password' | 'new-password'
  usernameHint?: string
  passwordHint?: string
  submit: (credentials: Credentials) => Promise<Faults | undefined>
}) {
  const form = useForm(NAMES, async (value) => {
    const credentials = { username: value('username'), password: value('password') }
    const fields: Record<string, string> = {}
    if (credentials.username === '') fields.username = 'Enter your username.'
    if (credentials.password === '') fields.password = 'Enter your password.'
    if (Object.keys(fields).length > 0) return { fields }
    return submit(credentials)
  })
  // The page is about nothing else, and a keyboard should be ready.
  const element = useRef<HTMLFormElement>(null)
  useEffect(() => element.current?.querySelector('input')?.focus(), [])
  return (
    <form ref={element} className="form" method="post" {...form.props}>
      {form.formFault !== undefined && <FormAlert>{form.formFault}</FormAlert>}
      <Field
        label="Username"
        name="username"
        autoComplete="username"
        hint={usernameHint}
        fault={form.fault('username')}
      />
      <Field
        label="Password"
        name="password"
        secret
        autoComplete={passwordIs}
        hint={passwordHint}
        fault={form.fault('password')}
      />
      <SubmitButton busy={form.busy}>{action}</SubmitButton>
    </form>
  )
}
