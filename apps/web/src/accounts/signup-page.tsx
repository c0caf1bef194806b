import { Link, useSearch } from 'wouter'

import { nextPath, withNext } from '../platform/next-path.ts'
import type { Session } from '../platform/session.ts'
import { CredentialsForm } from './credentials-form.tsx'
import { Gate } from './gate.tsx'

export function SignupPage({ session }: { session: Session }) {
  const next = nextPath(useSearch(), location.origin)
  return (
    <Gate
      title="Create your account"
      lead="A name and a password, and you are in."
      other={
        <>
          Have an account? <Link href={withNext('/login', next)}>Log in</Link>
        </>
      }
    >
      <CredentialsForm
        action="Sign up"
        passwordIs="new-password"
        usernameHint="Letters, digits, and any of . _ - @ +"
        passwordHint="8 or more characters. A few random words work well."
        submit={async (credentials) => {
          await session.signUp(credentials)
          return undefined
        }}
      />
    </Gate>
  )
}
