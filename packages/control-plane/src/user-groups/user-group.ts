import type { ConfigurationKind } from '../account-objects/index.ts'

/** People of an account under one name; the login of each says which it is. */
export interface UserGroup {
  readonly groupName: string
  readonly groupDescription: string
  readonly userIds: readonly string[]
}

export const USER_GROUP: ConfigurationKind<UserGroup> = {
  type: 'USER_GROUP',
  idForm: 'short',
  historyType: 'USER_GROUP',
  eventName: 'usergroup',
  nameOf: (group) => group.groupName,
  references: (group) => group.userIds.map((id) => ({ role: 'member', type: 'END_USER', id })),
  keys: (group) => ({ groupName: group.groupName.toLowerCase() }),
  limit: 1_000,
}
