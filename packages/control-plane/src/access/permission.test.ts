import { describe, expect, it } from 'vitest'
import { type AccessLevel, EVERY_PERMISSION, OWN_USER_PERMISSIONS, PERMISSION_TYPES, reaches } from './permission.ts'

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

  it('an end user reaches nobody but himself, and deletes nothing', () => {
    for (const type of PERMISSION_TYPES) {
      expect(reaches(OWN_USER_PERMISSIONS[type], 'READ', false), type).toBe(false)
      expect(reaches(OWN_USER_PERMISSIONS[type], 'DELETE', true), type).toBe(false)
    }
    expect(reaches(OWN_USER_PERMISSIONS.EU_User, 'EDIT', true)).toBe(true)
  })
})
