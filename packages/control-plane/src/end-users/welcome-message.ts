import type { OutgoingMessage } from '../messages/index.ts'
import type { EndUserRow } from './end-user-queries.ts'

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
  return {
    partitionId: user.partition_id,
    accountId: user.account_id,
    kind: 'EMAIL',
    recipient: user.email_address ?? '',
    subject: 'Welcome to your new phone service',
    body: lines.join('\n'),
  }
}
