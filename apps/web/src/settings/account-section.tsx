import type { Session } from '../platform/session.ts'
import { useForm } from '../platform/use-form.ts'
import { Field, FormAlert } from '../ui/field.tsx'
import { SubmitButton } from '../ui/submit-button.tsx'
import { Section } from './section.tsx'

const NAMES = ['password'] as const

export function AccountSection({ session, username }: { session: Session; username: string }) {
  const form = useForm(NAMES, async (value) => {
    const password = value('password')
    if (password === '') return { fields: { password: 'Enter your password.' } }
    await session.deleteAccount(password)
    return undefined
  })
  return (
    <Section
      danger
      title="Delete account"
      lead={`${username} leaves every list at once, and is logged out everywhere. There is no way back.`}
    >
      <form className="form" method="post" {...form.props}>
        {form.formFault !== undefined && <FormAlert>{form.formFault}</FormAlert>}
        <Field
          label="Your password"
          name="password"
          secret
          autoComplete="current-password"
          fault={form.fault('password')}
        />
        <SubmitButton busy={form.busy} kind="danger">
          Delete my account
        </SubmitButton>
      </form>
    </Section>
  )
}
