import { HttpProblem } from '@rollcall/client'
import { Link, useSearch } from 'wouter'

import { nextPath, withNext } from '../platform/next-path.ts'
import type { Session, SignedOut } from '../platform/session.ts'
import { CredentialsForm } from './credentials-form.tsx'
import { Gate } from './gate.tsx'

const NOTICES: Record<SignedOut, string | undefined> = {
  absent: undefined,
  chosen: 'You are logged out.',
  'other-tab': 'You logged out in another window.',
  ended: 'Your session has ended: it ran out, or was ended from another device. Log in again to go on.',
  deleted: 'Your account is deleted.',
}

export function LoginPage({ session, why }: { session: Session; why: SignedOut }) {
  const next = nextPath(useSearch(), location.origin)
  return (
    <Gate
      title="Log in"
      lead="See who is here, right now."
      notice={NOTICES[why]}
      other={
        <>
          New here? <Link href={withNext('/signup', next)}>Sign up</Link>
        </>
      }
    >
      <CredentialsForm
        action="Log in"
        passwordIs="current-password"
        submit={async (credentials) => {
          try {
            await session.logIn(credentials)
            return undefined
          } catch (error) {
            if (!(error instanceof HttpProblem) || error.status !== 401) throw error
            // The server does not say which of the two is wrong, and nor do we.
            return { form: 'The username or the password is wrong.', fields: {} }
          }
        }}
      />
    </Gate>
  )
}
