import { type ApiFailure, invalidField } from '../failures/index.ts'

/** A password is given to a user when he is made; afterwards it is his. To pass it over in silence would leave the old one in force. */
export function refusedPassword(body: object): ApiFailure | undefined {
  const rule = 'given when the user is made; he changes it by PUT /v2/authorize, PUT …/resetpassword mails him a token for a new one'
  return 'password' in body ? invalidField('password', 'cannot be changed here', rule) : undefined
}
