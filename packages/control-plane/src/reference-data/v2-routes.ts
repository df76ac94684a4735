import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, invalidField, notPermitted } from '../failures/index.ts'
import { oneOf, openOperation, type Operation, type Reply } from '../http/index.ts'
import { TIME_ZONES } from '../time-zones/index.ts'
import { defaultMedia, defaultMediaFile, MEDIA_TYPES } from './default-media.ts'
import { DEVICE_TYPES, deviceType } from './device-type-catalogue.ts'
import type { DeviceType } from './device-type.ts'
import { dialPlanActions } from './dial-plan-actions.ts'
import { LANGUAGES } from './languages.ts'
import { PERMISSION_USER_TYPES, permissionDefaults } from './permission-defaults.ts'
import { DefaultMediaView, DeviceTypeView, DialPlanActionTypes, LanguageView, PermissionDefaultView, SideCarTypeView } from './reference-schemas.ts'
import { ROUTE_PLAN_TEMPLATE } from './route-plan-template.ts'
import { SECONDARY_LOCATION_TYPES } from './secondary-location-types.ts'
import { SIDE_CAR_TYPES, sideCarType } from './side-car-types.ts'

const TAG = 'Reference Resources'
const IdPath = Type.Object({ id: Type.String() })
const MEDIA = '/v2/ref/system-default-media'

type ListOperation = Omit<Parameters<typeof openOperation>[0], 'method' | 'tag' | 'requires' | 'handle'>

/** A list that is the same for everybody. */
function list(o: ListOperation, body: unknown): Operation {
  return openOperation({ ...o, method: 'GET', tag: TAG, requires: 'signed-in', handle: () => Promise.resolve(ok({ status: 200, body })) })
}

/** Lists that are the same for everybody (public-spec section 15). */
export const referenceDataOperations: readonly Operation[] = [
  openOperation({
    method: 'GET',
    path: '/v2/ref/devicetype',
    tag: TAG,
    summary: 'Makes and models of devices; of a partition, those it offers',
    requires: 'signed-in',
    query: Type.Object({ partitionid: Type.Optional(Type.String({ maxLength: 128 })) }),
    responses: { 200: Type.Array(DeviceTypeView) },
    handle: async (context, { principal, query }) => {
      const offered = query.partitionid === undefined ? ok(DEVICE_TYPES) : await offeredBy(context, principal, query.partitionid)
      return offered.ok ? ok({ status: 200, body: offered.value }) : offered
    },
  }),
  openOperation({
    method: 'GET',
    path: '/v2/ref/devicetype/:id',
    tag: TAG,
    summary: 'A make and model',
    requires: 'signed-in',
    params: IdPath,
    responses: { 200: DeviceTypeView },
    handle: (_context, { params }) => Promise.resolve(found('DeviceType', params.id, deviceType(params.id))),
  }),
  openOperation({
    method: 'GET',
    path: '/v2/ref/dialplan/actiontypes',
    tag: TAG,
    summary: 'What a dialed star code can do',
    requires: 'signed-in',
    query: Type.Object({ includeRestricted: Type.Boolean({ default: false }) }),
    responses: { 200: DialPlanActionTypes },
    handle: (_context, { query }) => Promise.resolve(ok({ status: 200, body: { actiontypes: dialPlanActions(query.includeRestricted) } })),
  }),
  list({ path: '/v2/ref/language', summary: 'Languages the platform speaks', responses: { 200: Type.Array(LanguageView) } }, LANGUAGES),
  openOperation({
    method: 'GET',
    path: '/v2/ref/permissions',
    tag: TAG,
    summary: 'Every permission type and the highest level a kind of user can be given',
    requires: 'signed-in',
    query: Type.Object({ usertype: Type.Unsafe<(typeof PERMISSION_USER_TYPES)[number]>({ ...oneOf(PERMISSION_USER_TYPES), default: 'ManagementUser' }) }),
    responses: { 200: Type.Array(PermissionDefaultView) },
    handle: (_context, { query }) => Promise.resolve(ok({ status: 200, body: permissionDefaults(query.usertype) })),
  }),
  openOperation({
    method: 'GET',
    path: '/v2/ref/routeplan-definition-template',
    tag: TAG,
    summary: 'The form of a route plan, as CSV',
    requires: 'signed-in',
    responses: { 200: Type.String() },
    handle: () => Promise.resolve(ok({ status: 200, contentType: 'text/csv; charset=utf-8', body: ROUTE_PLAN_TEMPLATE })),
  }),
  list(
    {
      path: '/v2/ref/secondary-location-types',
      summary: 'Words for a place inside a building',
      responses: { 200: Type.Object({ secondaryLocationTypes: Type.Array(oneOf(['', ...SECONDARY_LOCATION_TYPES])) }) },
    },
    { secondaryLocationTypes: SECONDARY_LOCATION_TYPES },
  ),
  list({ path: '/v2/ref/sidecartype', summary: 'Key modules beside phones', responses: { 200: Type.Array(SideCarTypeView) } }, SIDE_CAR_TYPES),
  openOperation({
    method: 'GET',
    path: '/v2/ref/sidecartype/:id',
    tag: TAG,
    summary: 'A key module',
    requires: 'signed-in',
    params: IdPath,
    responses: { 200: SideCarTypeView },
    handle: (_context, { params }) => Promise.resolve(found('SideCarType', params.id, sideCarType(params.id))),
  }),
  openOperation({
    method: 'GET',
    path: `${MEDIA}/:type`,
    tag: TAG,
    summary: 'What the platform itself has to play',
    requires: 'signed-in',
    params: Type.Object({ type: Type.String() }),
    responses: { 200: Type.Array(DefaultMediaView) },
    handle: (_context, { params }) => {
      const type = MEDIA_TYPES.find((known) => known.toLowerCase() === params.type.toLowerCase())
      if (type === undefined) return Promise.resolve(err(invalidField('type', `"${params.type}" is unknown`, `one of ${MEDIA_TYPES.join(', ')}`)))
      const body = defaultMedia(type).map((media) => ({ ...media, url: `${MEDIA}/${type}/${media.storageId}/content` }))
      return Promise.resolve(ok({ status: 200, body }))
    },
  }),
  openOperation({
    method: 'GET',
    path: `${MEDIA}/:type/:storageId/content`,
    tag: TAG,
    summary: 'The sound itself, as WAV',
    requires: 'signed-in',
    params: Type.Object({ type: Type.String(), storageId: Type.String() }),
    responses: { 200: Type.String({ format: 'binary' }) },
    handle: (_context, { params }) => {
      const file = defaultMediaFile(params.storageId)
      if (file === undefined) return Promise.resolve(err(entityNotFound('Media', params.storageId)))
      return Promise.resolve(ok({ status: 200, contentType: 'audio/wav', body: file }))
    },
  }),
  list(
    { path: '/v2/ref/timezones', summary: 'The fifteen time zones', responses: { 200: Type.Object({ timezones: Type.Array(oneOf(TIME_ZONES)) }) } },
    { timezones: TIME_ZONES },
  ),
]

function found(type: string, id: string, body: unknown): Result<Reply, ApiFailure> {
  return body === undefined ? err(entityNotFound(type, id)) : ok({ status: 200, body })
}

/** A partition may offer fewer types than there are (`allowedDeviceTypes`); only who reaches the partition is told. */
async function offeredBy(context: Context, principal: Principal | undefined, partitionId: string): Promise<Result<readonly DeviceType[], ApiFailure>> {
  if (principal?.visiblePartitionIds.includes(partitionId) !== true) return err(notPermitted('This token may not touch that partition.'))
  const row = await context.database.sql.selectFrom('partition').select('settings').where('id', '=', partitionId).executeTakeFirst()
  const allowed = row?.settings['allowedDeviceTypes']
  return ok(Array.isArray(allowed) && allowed.length > 0 ? DEVICE_TYPES.filter((type) => allowed.includes(type.id)) : DEVICE_TYPES)
}
