import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { MAX_DELAY_SECONDS, rebootDevice, signalDevice } from '../device-provisioning/index.ts'
import { fieldRequired, invalidField } from '../failures/index.ts'
import { named, type Operation } from '../http/index.ts'
import { DEVICE_TAG, devicePermission, enterDevice } from './device-routes.ts'
import { ResourceId, shownId } from './prefixed-id.ts'
import { resourceOperation } from './resource-operation.ts'

const DevicePath = Type.Object({ deviceId: ResourceId })
const MAX_BODY_CHARACTERS = 8_192
/** Of S3-59, and message-summary, which phones take without a subscription as well (RFC 3842 as everybody does it). */
const EVENTS = ['check-sync', 'reboot', 'talk', 'hold', 'message-summary'] as const
/** RFC 3261 25.1: media type with parameters. */
const MEDIA_TYPE = /^[\w!#$&^.+-]{1,64}\/[\w!#$&^.+-]{1,64}([ \t]*;[ \t]*[\w-]{1,32}=[\w."+-]{1,64}){0,4}$/

const RebootBody = named(
  'DeviceRebootRequest',
  Type.Object({ delay: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_DELAY_SECONDS })), force: Type.Optional(Type.Boolean()) }),
)
const NotifyBody = named(
  'DeviceNotifyRequest',
  Type.Object({
    event: Type.Optional(Type.String({ maxLength: 64 })),
    content_type: Type.Optional(Type.String({ maxLength: 256 })),
    body: Type.Optional(Type.String({ maxLength: MAX_BODY_CHARACTERS })),
  }),
)

/** What is said to a phone over SIP. */
export const deviceSignalOperations: readonly Operation[] = [
  resourceOperation({
    method: 'PUT',
    path: '/devices/reboot/:deviceId',
    tag: DEVICE_TAG,
    summary: 'Restart a device now or later; during a call only with `force`, and never during an emergency call',
    requires: devicePermission('EDIT'),
    params: DevicePath,
    body: RebootBody,
    mayOmitBody: true,
    data: Type.Object({
      device_id: Type.String(),
      reboot_scheduled: Type.Boolean(),
      scheduled_time: Type.String(),
      delay_seconds: Type.Integer(),
      /** What the phone answered; null: it is told at that time. */
      response_code: Type.Union([Type.Integer(), Type.Null()]),
    }),
    refuses: [404, 409, 503],
    handle: async (context, { params, body, reach }) => {
      const found = await enterDevice(context, reach, params.deviceId)
      if (!found.ok) return found
      const { device, scope } = found.value
      const delaySeconds = body.delay ?? 0
      const told = await rebootDevice(context, scope, device, { delaySeconds, force: body.force ?? false })
      if (!told.ok) return told
      const data = {
        device_id: shownId('device', device.id),
        reboot_scheduled: true,
        scheduled_time: told.value.dueAt.toISOString(),
        delay_seconds: delaySeconds,
        response_code: told.value.statusCode ?? null,
      }
      return ok({ data, message: 'Reboot command sent successfully' })
    },
  }),
  resourceOperation({
    method: 'POST',
    path: '/devices/sipnotify/:deviceId',
    tag: DEVICE_TAG,
    summary: 'Send a NOTIFY to a phone and answer with what it answered',
    requires: devicePermission('EDIT'),
    params: DevicePath,
    body: NotifyBody,
    data: Type.Object({ device_id: Type.String(), event: Type.String(), sent_at: Type.String(), response_code: Type.Integer() }),
    refuses: [404, 408, 503],
    handle: async (context, { params, body, reach }) => {
      const found = await enterDevice(context, reach, params.deviceId)
      if (!found.ok) return found
      const { device, scope } = found.value
      const event = EVENTS.find((each) => each === body.event)
      if (body.event === undefined) return err(fieldRequired('event'))
      if (event === undefined) return err(invalidField('event', `"${body.event}" is unknown`, `one of ${EVENTS.join(', ')}`))
      if (body.content_type !== undefined && !MEDIA_TYPE.test(body.content_type))
        return err(invalidField('content_type', 'is no media type', 'type/subtype', 'InvalidContentType'))
      if (event === 'message-summary' && body.body === undefined) return err(fieldRequired('body'))
      const contentType =
        body.content_type ?? (body.body === undefined ? undefined : event === 'message-summary' ? 'application/simple-message-summary' : 'text/plain')
      const sent = await signalDevice(context, scope, device, ({ events }) => ({
        event: event === 'reboot' ? events.reboot : event === 'check-sync' && events.resync.startsWith('check-sync') ? events.resync : event,
        ...(body.body === undefined ? {} : { body: body.body, contentType }),
      }))
      if (!sent.ok) return sent
      const data = { device_id: shownId('device', device.id), event, sent_at: sent.value.sentAt.toISOString(), response_code: sent.value.statusCode }
      return ok({ data, message: 'SIP NOTIFY sent successfully' })
    },
  }),
]
