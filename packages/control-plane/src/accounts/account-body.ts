import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { freeObject, named, oneOf } from '../http/index.ts'
import { normalizeTimeZone } from '../time-zones/index.ts'
import {
  ACCOUNT_PRODUCTS,
  ACCOUNT_STATUSES,
  ACCOUNT_TYPES,
  type AccountAttributes,
  type AccountRequest,
  DIALING_BEHAVIORS,
  PLATFORM_TYPES,
  REGULATORY_TYPES,
} from './account.ts'

const screen = Type.Optional(oneOf(['Allow', 'Block', 'BlockWithPrompt', 'Voicemail', 'Forward', 'VipRing']))
const ringType = Type.Optional(oneOf(['StandardRing', 'Ring1', 'Ring2', 'Ring3', 'Ring4', 'Ring5', 'Ring6', 'Ring7']))
const AccountScreening = named(
  'AccountCallScreening',
  Type.Object({
    anonymousCallScreen: screen,
    anonymousRingType: ringType,
    tollFreeCallScreen: screen,
    tollFreeRingType: ringType,
    defaultCallScreen: screen,
    defaultRingType: ringType,
    customCallScreenList: Type.Optional(
      Type.Array(
        Type.Object({
          telephoneNumber: Type.String({ pattern: '^[0-9+() .-]{7,24}$' }),
          blockType: oneOf(['Allow', 'Block', 'BlockWithPrompt', 'Voicemail', 'Forward', 'VipRing']),
          ringType,
        }),
        { maxItems: 500 },
      ),
    ),
    forwardTn: Type.Optional(Type.String({ pattern: '^[0-9+() .-]{7,24}$' })),
  }),
)
const fields = {
  accountNumber: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  accountName: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  accountType: Type.Optional(oneOf(ACCOUNT_TYPES)),
  platformType: Type.Optional(oneOf(PLATFORM_TYPES)),
  extensionLength: Type.Optional(Type.Integer({ minimum: 3, maximum: 6 })),
  billingCycleDay: Type.Optional(Type.Integer({ minimum: 1, maximum: 31 })),
  dialingBehaviorType: Type.Optional(oneOf(DIALING_BEHAVIORS)),
  regulatoryType: Type.Optional(oneOf(REGULATORY_TYPES)),
  timeZone: Type.Optional(Type.String({ maxLength: 64 })),
  customField: Type.Optional(Type.String({ maxLength: 1024 })),
  holdTimeoutSeconds: Type.Optional(Type.Integer({ minimum: 30, maximum: 600 })),
  allowDangerousExtensions: Type.Optional(Type.Boolean()),
  sendWelcomeEmail: Type.Optional(Type.Boolean()),
  languageTag: Type.Optional(oneOf(['en-US', 'fr-CA', 'es-MX'])),
  products: Type.Optional(Type.Array(oneOf(ACCOUNT_PRODUCTS), { maxItems: ACCOUNT_PRODUCTS.length, uniqueItems: true })),
  callScreeningSettings: Type.Optional(AccountScreening),
  inboundRatePlanProductId: Type.Optional(Type.String({ maxLength: 64 })),
  domain: Type.Optional(Type.String({ maxLength: 253, pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$' })),
}
/** `name` and `address` are the words of the other documentation set for the same fields (C-14). */
export const AccountBody = named(
  'AccountRequest',
  Type.Object({ ...fields, status: Type.Optional(oneOf([...ACCOUNT_STATUSES, 'CANCELLED'])), name: fields.accountName, address: Type.Optional(freeObject()) }),
)

/** From the words of this surface to those of the domain; nothing is decided here. */
export function accountRequestOf(body: Static<typeof AccountBody>): Result<AccountRequest, ApiFailure> {
  const { name, address, status, timeZone, ...request } = body
  const zone = timeZone === undefined ? undefined : normalizeTimeZone(timeZone)
  if (timeZone !== undefined && zone === undefined) return err(invalidField('timeZone', `"${timeZone}" is unknown`, 'one of GET /v2/ref/timezones'))
  return ok({
    ...request,
    accountName: request.accountName ?? name,
    serviceAddress: address,
    status: status === 'CANCELLED' ? 'DELETE_PENDING' : status,
    timeZone: zone,
  })
}

/** What a patch is merged into. */
export function accountBodyOf(account: AccountAttributes): Record<string, unknown> {
  const { serviceAddress, ...rest } = account
  const body = serviceAddress === undefined ? rest : { ...rest, address: serviceAddress }
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
}
