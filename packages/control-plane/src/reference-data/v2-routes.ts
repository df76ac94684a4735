import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { freeObject, openOperation, type Operation } from '../http/index.ts'
import { TIME_ZONES } from '../time-zones/index.ts'
import { DEVICE_TYPES } from './device-type-catalogue.ts'
import { SECONDARY_LOCATION_TYPES } from './secondary-location-types.ts'

const TAG = 'Reference Resources'

/** Lists that are the same for everybody (public-spec section 15). */
export const referenceDataOperations: readonly Operation[] = [
  openOperation({
    method: 'GET',
    path: '/v2/ref/devicetype',
    tag: TAG,
    summary: 'Makes and models of devices',
    requires: 'signed-in',
    responses: { 200: Type.Array(freeObject()) },
    handle: () => Promise.resolve(ok({ status: 200, body: DEVICE_TYPES })),
  }),
  openOperation({
    method: 'GET',
    path: '/v2/ref/timezones',
    tag: TAG,
    summary: 'The fifteen time zones',
    requires: 'signed-in',
    responses: { 200: Type.Object({ timezones: Type.Array(Type.String()) }) },
    handle: () => Promise.resolve(ok({ status: 200, body: { timezones: TIME_ZONES } })),
  }),
  openOperation({
    method: 'GET',
    path: '/v2/ref/secondary-location-types',
    tag: TAG,
    summary: 'Words for a place inside a building',
    requires: 'signed-in',
    responses: { 200: Type.Object({ secondaryLocationTypes: Type.Array(Type.String()) }) },
    handle: () => Promise.resolve(ok({ status: 200, body: { secondaryLocationTypes: SECONDARY_LOCATION_TYPES } })),
  }),
]
