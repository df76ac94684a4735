import { describe, expect, it } from 'vitest'
import { type AccessLevel, covers, EVERY_PERMISSION, PERMISSION_TYPES, type Permissions, reaches, reachesAny, unionOf } from './permission.ts'
import { ACCOUNT_USER_PERMISSIONS, endUserPermissions, OWN_USER_PERMISSIONS } from './user-kind-permissions.ts'

describe('reaches', () => {
  it.each<[granted: AccessLevel | undefined, wanted: AccessLevel, own: boolean, expected: boolean]>([
    [undefined, 'READ', true, false],
    ['NONE', 'READ', true, false],
    ['DENIED', 'READ', true, false],
    ['DENIED', 'NONE', true, false],
    ['READ', 'DENIED', true, false],
    ['READ', 'READ', false, true],
    ['READ', 'EDIT', false, false],
    ['READ', 'EDIT', true, false],
    ['EDIT', 'READ', false, true],
    ['EDIT', 'CREATE', false, false],
    ['CREATE', 'EDIT', false, true],
    ['DELETE', 'CREATE', false, true],
    ['DELETE', 'DELETE', false, true],
    ['READ_MYUSER', 'READ', false, false],
    ['READ_MYUSER', 'READ', true, true],
    ['READ_MYUSER', 'EDIT', true, false],
    ['EDIT_MYUSER', 'READ', true, true],
    ['EDIT_MYUSER', 'READ', false, false],
    ['EDIT_MYUSER', 'EDIT', true, true],
    ['EDIT_MYUSER', 'CREATE', true, false],
    ['DELETE_MYUSER', 'DELETE', true, true],
    ['DELETE_MYUSER', 'READ', false, false],
  ])('%s for %s (own: %s) → %s', (granted, wanted, own, expected) => {
    expect(reaches(granted, wanted, own)).toBe(expected)
  })
})

describe('what users are given', () => {
  it('an operator with everything reaches DELETE of every type', () => {
    for (const type of PERMISSION_TYPES) expect(reaches(EVERY_PERMISSION[type], 'DELETE', false), type).toBe(true)
  })

  it('S1-48: a STANDARD end user reaches nobody but himself, and deletes nothing but his own voicemail', () => {
    for (const type of PERMISSION_TYPES) {
      expect(reaches(OWN_USER_PERMISSIONS[type], 'READ', false), type).toBe(false)
      expect(reaches(OWN_USER_PERMISSIONS[type], 'DELETE', true), type).toBe(type === 'EU_VoicemailMessage')
    }
    expect(reaches(OWN_USER_PERMISSIONS.EU_User, 'EDIT', true)).toBe(true)
  })

  it('S1-48: each kind of administrator may do what the one before it may, and none of them anything outside the account', () => {
    const kinds = ['STANDARD', 'BASIC_ADMIN', 'STANDARD_ADMIN', 'ADVANCED_ADMIN', 'SUPER_ADMIN'].map(endUserPermissions)
    for (const [index, kind] of kinds.entries()) {
      const before = kinds[index - 1]
      if (before !== undefined) expect([covers([kind], before), covers([before], kind)]).toEqual([true, false])
      expect(Object.keys(kind).filter((type) => !type.startsWith('EU_'))).toEqual([])
    }
    expect(endUserPermissions('something new')).toEqual(OWN_USER_PERMISSIONS)
    expect(covers([ACCOUNT_USER_PERMISSIONS], endUserPermissions('SUPER_ADMIN'))).toBe(true)
  })
})

describe('several roles together', () => {
  const reader: Permissions = { EU_User: 'READ', Account: 'READ' }
  const self: Permissions = { EU_User: 'EDIT_MYUSER' }
  const denied: Permissions = { EU_User: 'DENIED' }

  it('show the highest level of each type, and DENIED when one of them denies', () => {
    expect(unionOf([reader, self])).toEqual({ EU_User: 'EDIT_MYUSER', Account: 'READ' })
    expect(unionOf([EVERY_PERMISSION, denied]).EU_User).toBe('DENIED')
    expect(unionOf([])).toEqual({})
  })

  it('keep what each of them gives: reading everybody and editing oneself', () => {
    expect(reachesAny([reader, self], 'EU_User', 'READ', false)).toBe(true)
    expect(reachesAny([reader, self], 'EU_User', 'EDIT', true)).toBe(true)
    expect(reachesAny([reader, self], 'EU_User', 'EDIT', false)).toBe(false)
    expect(reachesAny([EVERY_PERMISSION, denied], 'EU_User', 'READ', true)).toBe(false)
  })

  it('cover what is inside them: nobody can give away more than he has', () => {
    expect(covers([reader], { EU_User: 'READ_MYUSER', Account: 'NONE' })).toBe(true)
    expect(covers([reader], { EU_User: 'EDIT_MYUSER' })).toBe(false)
    expect(covers([reader, self], { EU_User: 'EDIT_MYUSER', Account: 'READ' })).toBe(true)
    expect(covers([reader], { Account: 'EDIT' })).toBe(false)
    expect(covers([EVERY_PERMISSION, denied], { EU_User: 'READ' })).toBe(false)
  })
})
