export { newSipPassword, newSipUsername, sipPasswordFailure, sipUsernameFailure } from './credential-forms.ts'
export type { CredentialForms } from './credential-forms.ts'
export {
  addSipCredentials,
  changeSipCredentials,
  isSipUsernameFree,
  removeSipCredentials,
  sipCredentialsOf,
  sipPasswordOf,
  sipUsernameInUse,
} from './sip-credentials.ts'
export type { CredentialOwner, CredentialScope, GivenCredentials, SipLogin, StoredCredentials } from './sip-credentials.ts'
