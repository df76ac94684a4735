import { randomToken } from '@dialtone/foundation'
import type { OutgoingMessage } from '../messages/index.ts'
import type { EndUserRow } from './end-user-queries.ts'

const TEMPORARY_PASSWORD_BYTES = 12

/** Within the password policy; good until the first login. */
export function newTemporaryPassword(): string {
  return `${randomToken(TEMPORARY_PASSWORD_BYTES)}-1a`
}

/** The mail of somebody whose password was reset (S1-51). */
export function passwordResetMessage(user: EndUserRow, temporaryPassword: string): OutgoingMessage {
  const lines = [
    `Hello ${user.first_name} ${user.last_name},`,
    '',
    'your password was reset. Log in with:',
    `  user name: ${user.username ?? user.email_address ?? ''}`,
    `  password:  ${temporaryPassword}`,
    '',
    'You will be asked for a password of your own.',
  ]
  return { ...addressee(user), subject: 'Your password was reset', body: lines.join('\n') }
}

function addressee(user: EndUserRow) {
  return { partitionId: user.partition_id, accountId: user.account_id, kind: 'EMAIL' as const, recipient: user.email_address ?? '' }
}

/** The mail a new user gets (S1-47, S1-53): how to log in. The password has to be changed at the first login. */
export function welcomeMessage(user: EndUserRow, temporaryPassword: string): OutgoingMessage {
  const lines = [
    `Hello ${user.first_name} ${user.last_name},`,
    '',
    'your phone service is ready. Log in to the portal with:',
    `  user name: ${user.username ?? user.email_address ?? ''}`,
    `  password:  ${temporaryPassword}`,
    '',
    'You will be asked for a password of your own.',
    ...(user.extension === null ? [] : ['', `Your extension is ${user.extension}.`]),
  ]
  return { ...addressee(user), subject: 'Welcome to your new phone service', body: lines.join('\n') }
}
