import { describe, expect, it } from 'vitest'

import { DIAL_PLAN_ACTIONS, dialPlanActions } from './dial-plan-actions.ts'
import { DEVICE_TYPES, deviceType } from './device-type-catalogue.ts'
import { DEVICE_MANUFACTURERS } from './device-type.ts'
import { LANGUAGES, normalizeLanguageTag } from './languages.ts'
import { deviceTypeOfModel, isLineNumberOf, lineCountOf, matchDeviceType } from './match-device-type.ts'
import { PERMISSION_USER_TYPES, permissionDefaults, PUBLISHED_PERMISSION_TYPES } from './permission-defaults.ts'
import { SECONDARY_LOCATION_TYPES } from './secondary-location-types.ts'
import { SIDE_CAR_TYPES, sideCarType } from './side-car-types.ts'

describe('device types', () => {
  it.each([
    'SPA112', 'SPA122', 'TM604G', 'VVX400', 'VVX500', 'SPIP650', 'HT801', 'HT812', 'HT814', 'HT818', 'OBi300', 'OBi302', 'PolycomOBi504', 'VVX150', 'VVX250', 'VVX301', 'VVX311',
    'VVX350', 'VVX450', 'Trio8300', 'Trio8500', 'YEALINKT43U', 'CCSoftphone', 'CYMBUS', 'SIP_2_Port_MTA', 'SIP_4_Port_MTA', 'SIP_8_Port_MTA', 'SIP_24_Port_MTA', 'SIP_50_Port_MTA',
    'SIP_50_Port_ATA', 'GENERIC_SIP', 'GENERIC_ATA',
  ])('the catalogue has %s (S1-93, S4-21, C-46, C-54)', (id) => {
    expect(deviceType(id)?.id).toBe(id)
  }) // prettier-ignore

  it('has every id once, whatever its case, and only known makers and side cars', () => {
    expect(new Set(DEVICE_TYPES.map((type) => type.id.toUpperCase())).size).toBe(DEVICE_TYPES.length)
    for (const type of DEVICE_TYPES) {
      expect(DEVICE_MANUFACTURERS).toContain(type.deviceTypeManufacturer)
      expect(type.sideCarTypeIds.map(sideCarType)).not.toContain(undefined)
      expect(type.maxSideCars > 0).toBe(type.sideCarTypeIds.length > 0)
      expect(type.numLines).toBeGreaterThan(0)
    }
    expect(SIDE_CAR_TYPES.length).toBeGreaterThan(0)
  })

  it.each([
    ['SPA112', 2],
    ['SIP_24_Port_MTA', 24],
    ['SIP_50_Port_ATA', 50],
    ['HT818', 8],
    ['no such type', 100],
    [undefined, 100],
  ])('%s has %i lines (C-53)', (id, lines) => {
    expect(lineCountOf(id)).toBe(lines)
    expect(isLineNumberOf(id, lines)).toBe(true)
    expect(isLineNumberOf(id, lines + 1)).toBe(false)
    expect(isLineNumberOf(id, 0)).toBe(false)
    expect(isLineNumberOf(id, 1.5)).toBe(false)
  })

  it('only what we configure needs a MAC address and can be told to fetch again', () => {
    expect(deviceType('SPA112')).toMatchObject({ macAddressRequired: true, acceptsRemoteResync: true, faxSupported: true, smbDevice: false })
    expect(deviceType('VVX450')).toMatchObject({ macAddressRequired: true, faxSupported: false, smbDevice: true })
    expect(deviceType('CCSoftphone')).toMatchObject({ macAddressRequired: false, acceptsRemoteResync: false, deviceKind: 'SOFTPHONE' })
    expect(deviceType('SIP_8_Port_MTA')).toMatchObject({ macAddressRequired: false, faxSupported: true })
  })

  it('does not mistake an object property for an id', () => {
    expect(deviceType('constructor')).toBeUndefined()
    expect(deviceType('')).toBeUndefined()
  })
})

describe('free-text models (C-46)', () => {
  it.each([
    ['Polycom VVX 450', 'VVX450'],
    ['yealink_t46u', 'YEALINKT46U'],
    ['Yealink T46G', 'YEALINKT46G'],
    ['Yealink SIP-T54W', 'YEALINKT54W'],
    ['SIP-T43U', 'YEALINKT43U'],
    ['T43U', 'YEALINKT43U'],
    ['poly vvx-250', 'VVX250'],
    ['Cisco SPA-112', 'SPA112'],
    ['Linksys SPA2102', 'SPA2102'],
    ['Grandstream HT 801', 'HT801'],
    ['OBi 302', 'OBi302'],
    ['Obihai OBi302', 'OBi302'],
    ['Polycom SoundPoint IP 650', 'SPIP650'],
    ['Poly Trio 8500', 'Trio8500'],
    ['Arris TM604G', 'TM604G'],
    ['sip_8_port_mta', 'SIP_8_Port_MTA'],
    ['Foobar 9000', undefined],
    ['', undefined],
  ])('%j is %s', (model, id) => {
    expect(deviceTypeOfModel(model)?.id).toBe(id)
  })

  it.each([
    [{ deviceId: 'SPA112' }, 'SPA112', 'id'],
    [{ deviceTypeId: 'spa122' }, 'SPA122', 'id'],
    [{ deviceType: 'SIP_8_Port_MTA' }, 'SIP_8_Port_MTA', 'id'],
    [{ deviceType: 'IP_PHONE', model: 'Yealink T46G' }, 'YEALINKT46G', 'model'],
    [{ model: 'VVX 450', manufacturer: 'Polycom' }, 'VVX450', 'model'],
    [{ deviceType: 'VVX 450' }, 'VVX450', 'model'],
    [{ model: 'SNOM D785' }, 'SNOMD785', 'model'],
    [{ model: 'Fanvil X5U' }, 'FANVILX5U', 'model'],
    [{ model: 'Gigaset N870' }, 'GENERIC_SIP', 'kind'],
    [{ deviceType: 'IP_PHONE' }, 'GENERIC_SIP', 'kind'],
    [{ deviceType: 'ATA', model: 'Something' }, 'GENERIC_ATA', 'kind'],
    [{ model: 'HT-502' }, 'GENERIC_ATA', 'kind'],
    [{ model: 'Sangoma Vega 60' }, 'GENERIC_ATA', 'kind'],
    [{}, 'GENERIC_SIP', 'kind'],
  ])('%j is stored as %s', (description, id, matchedBy) => {
    const match = matchDeviceType(description)
    expect([match?.deviceType.id, match?.matchedBy]).toEqual([id, matchedBy])
  })

  it('an unknown id alone matches nothing, so that the surface can answer 404', () => {
    expect(matchDeviceType({ deviceTypeId: 'SPA999' })).toBeUndefined()
    expect(matchDeviceType({ deviceId: 'SPA999' })).toBeUndefined()
  })

  it('is quick and safe on long texts', () => {
    expect(matchDeviceType({ model: 'A'.repeat(1_000_000) })?.deviceType.id).toBe('GENERIC_SIP')
  })
})

describe('lists of the reference resources (public-spec 15)', () => {
  it('have the published sizes, each word once', () => {
    expect(new Set(PUBLISHED_PERMISSION_TYPES).size).toBe(47)
    expect(new Set(DIAL_PLAN_ACTIONS).size).toBe(48)
    expect(new Set(SECONDARY_LOCATION_TYPES).size).toBe(24)
    expect(PUBLISHED_PERMISSION_TYPES).toHaveLength(47)
    expect(DIAL_PLAN_ACTIONS).toHaveLength(48)
    expect(LANGUAGES.map((language) => language.id)).toEqual(['en-US', 'fr-CA', 'es-MX'])
  })

  it('restricted dial plan actions are shown only when asked for', () => {
    expect(dialPlanActions(true)).toBe(DIAL_PLAN_ACTIONS)
    expect(dialPlanActions(false)).not.toContain('TranslateAndReapplyDialPlan')
    expect(dialPlanActions(false)).toContain('ParkCall')
  })

  it('language tags are taken in any case', () => {
    expect(normalizeLanguageTag('fr-ca')).toBe('fr-CA')
    expect(normalizeLanguageTag('EN_US')).toBe('en-US')
    expect(normalizeLanguageTag('de-DE')).toBeUndefined()
  })

  it.each(PERMISSION_USER_TYPES)('every type has a maximum for %s', (userType) => {
    expect(permissionDefaults(userType).map((row) => row.type)).toEqual(PUBLISHED_PERMISSION_TYPES)
  })

  it('nobody but the operator reaches the operator types; an end user, administrator or not, nothing outside his account', () => {
    const maximum = (userType: (typeof PERMISSION_USER_TYPES)[number], type: string) =>
      permissionDefaults(userType).find((row) => row.type === type)?.maxAccessType
    expect(maximum('ManagementUser', 'ALIANZA_MasterRoutePlan')).toBe('NONE')
    expect(maximum('AlianzaUser', 'ALIANZA_MasterRoutePlan')).toBe('DELETE')
    expect(maximum('ManagementUser', 'Account')).toBe('DELETE')
    expect(maximum('ManagementUser', 'AccountHistory')).toBe('READ')
    expect(maximum('AccountUser', 'PhoneNumberInventory')).toBe('NONE')
    const outside = permissionDefaults('EndUser').filter((row) => row.maxAccessType !== 'NONE' && !row.type.startsWith('EU_') && row.type !== 'ANY_END_USER')
    expect(outside).toEqual([])
  })
})
