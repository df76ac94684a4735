import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type ConfigurationObject, configurationObject } from '../account-objects/index.ts'
import { CallDestinationBody } from '../call-destinations/index.ts'
import { type ApiFailure, fieldRequired, type FieldProblem, invalidFields, pascalCase } from '../failures/index.ts'
import { freeObject, named, oneOf, type Operation } from '../http/index.ts'
import { COMPONENT_TYPES, DIRECTORY_DIAL_TYPES, GROUP_TYPES, type Ivr, referencesOf, RING_TYPES } from './ivr.ts'
import { ivrProblems } from './ivr-problems.ts'
import { treeOf } from './simple-menu.ts'

const MAX_COMPONENTS = 200
const Id = Type.String({ minLength: 1, maxLength: 64 })
const PromptId = Type.String({ maxLength: 64 })
const Text = Type.String({ maxLength: 2000 })

const Inner = {
  id: Id,
  type: oneOf(COMPONENT_TYPES),
  name: Type.Optional(Type.String({ maxLength: 256 })),
  left: Type.Optional(Type.String({ maxLength: 32 })),
  top: Type.Optional(Type.String({ maxLength: 32 })),
}
const Choice = named('IvrChoice', Type.Object({ ...Inner, digit: Type.String({ maxLength: 1 }) }))
const MenuFailure = named(
  'IvrMenuFailure',
  Type.Object({
    ...Inner,
    menuTimeout: Type.Integer({ minimum: 1, maximum: 60 }),
    invalidSelectionPrompt: PromptId,
    maxInvalidSelections: Type.Integer({ minimum: 1, maximum: 10 }),
  }),
)
const Hours = Type.Object({ startTime: Type.String({ maxLength: 8 }), endTime: Type.String({ maxLength: 8 }) })
const ScheduleRule = named(
  'IvrScheduleRule',
  Type.Object({
    ...Inner,
    weekly: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.Record(Type.String({ maxLength: 3 }), Hours))),
    custom: Type.Optional(
      Type.Object({ date: Type.String({ maxLength: 40 }), startTime: Type.String({ maxLength: 8 }), endTime: Type.String({ maxLength: 8 }) }),
    ),
  }),
)
const Component = named(
  'IvrComponent',
  Type.Object({
    ...Inner,
    initPromptId: Type.Optional(PromptId),
    initPromptText: Type.Optional(Text),
    allowBargeInDuringInitPrompt: Type.Optional(Type.Boolean()),
    menuPromptId: Type.Optional(PromptId),
    menuPromptText: Type.Optional(Text),
    menuRepeatDelay: Type.Optional(Type.Integer({ minimum: 0, maximum: 60 })),
    dtmf: Type.Optional(Type.Array(Choice, { maxItems: 12 })),
    failure: Type.Optional(MenuFailure),
    digit: Type.Optional(Type.String({ maxLength: 1 })),
    menuTimeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })),
    invalidSelectionPrompt: Type.Optional(PromptId),
    maxInvalidSelections: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
    introPrompt: Type.Optional(PromptId),
    directoryDialType: Type.Optional(oneOf(DIRECTORY_DIAL_TYPES)),
    routedToList: Type.Optional(Type.Array(Type.Object({ id: Id, timeoutSeconds: Type.Integer() }), { maxItems: 100 })),
    ringType: Type.Optional(oneOf(RING_TYPES)),
    groupType: Type.Optional(oneOf(GROUP_TYPES)),
    timeoutSeconds: Type.Optional(Type.Integer()),
    timeoutComponentId: Type.Optional(Id),
    userId: Type.Optional(Id),
    sendDirectlyToVoicemail: Type.Optional(Type.Boolean()),
    lineHuntGroupId: Type.Optional(Id),
    scheduleComponent: Type.Optional(Type.Array(ScheduleRule, { maxItems: 50 })),
    weekly: ScheduleRule.properties.weekly,
    custom: ScheduleRule.properties.custom,
    destination: Type.Optional(CallDestinationBody),
    toNumber: Type.Optional(Type.String({ maxLength: 32 })),
    goodBye: Type.Optional(PromptId),
  }),
)
const Mapping = Type.Object({ fromIvrComponentId: Id, toIvrComponentId: Id })
const shape = {
  name: Type.String({ minLength: 1, maxLength: 256 }),
  top: Type.Optional(Type.String({ maxLength: 32 })),
  left: Type.Optional(Type.String({ maxLength: 32 })),
  fixedPosition: Type.Optional(Type.Boolean()),
}
const IvrBody = named(
  'IvrRequest',
  Type.Object({
    ...shape,
    ivrComponents: Type.Optional(Type.Array(Component, { maxItems: MAX_COMPONENTS })),
    ivrComponentMappings: Type.Optional(Type.Array(Mapping, { maxItems: 2 * MAX_COMPONENTS })),
    greeting: Type.Optional(Text),
    options: Type.Optional(
      Type.Array(
        Type.Object({
          digit: Type.String({ maxLength: 1 }),
          action: oneOf(['TRANSFER', 'HANGUP']),
          destination: Type.Optional(Type.String({ maxLength: 32 })),
        }),
        { maxItems: 12 },
      ),
    ),
    timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })),
    maxRetries: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
  }),
)
const IvrView = named(
  'IVR',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    ...shape,
    // As they were given: which members a component has depends on its type.
    ivrComponents: Type.Array(freeObject()),
    ivrComponentMappings: Type.Array(Mapping),
  }),
)

const ivrs: ConfigurationObject<typeof IvrBody, Ivr> = {
  type: 'IVR',
  idForm: 'short',
  historyType: 'IVR',
  eventName: 'ivr',
  nameOf: (ivr) => ivr.name,
  references: referencesOf,
  keys: (ivr) => ({ 'name:IVR': ivr.name.toLowerCase() }),
  limit: 1000,
  path: 'ivr',
  aliases: ['auto-attendant'],
  parameter: 'ivrId',
  tag: 'IVR',
  noun: 'an IVR',
  permission: 'EU_IVR',
  createStatus: 200,
  deleteStatus: 200,
  body: IvrBody,
  view: IvrView,
  read: ivrOf,
  displacing: { options: ['ivrComponents', 'ivrComponentMappings'] },
  viewOf: ({ id, partitionId, accountId, attributes }) => ({ id, partitionId, accountId, ...attributes }),
}

export const ivrOperations: readonly Operation[] = configurationObject(ivrs)

const SHORT_FORM = ['greeting', 'options', 'timeout', 'maxRetries'] as const

function besideComponents(field: (typeof SHORT_FORM)[number]): FieldProblem {
  return { field, code: `Invalid${pascalCase(field)}`, reason: 'is of the short form', rule: 'options with greeting, timeout and maxRetries, or ivrComponents' }
}

/** Both forms: the graph of components, or a greeting and what each key does. */
function ivrOf(body: Static<typeof IvrBody>): Result<Ivr, ApiFailure> {
  const { name, options, ivrComponents, ivrComponentMappings = [] } = body
  if (ivrComponents === undefined && options === undefined) return err(fieldRequired('ivrComponents'))
  const { top, left, fixedPosition } = body
  const short = SHORT_FORM.filter((field) => body[field] !== undefined)
  if (ivrComponents !== undefined && short.length > 0) return err(invalidFields(short.map(besideComponents)))
  const ivr =
    ivrComponents === undefined
      ? {
          ...treeOf({
            name,
            greeting: body.greeting,
            options: (options ?? []).map((option) => ({ destination: undefined, ...option })),
            timeout: body.timeout,
            maxRetries: body.maxRetries,
          }),
          ...{ top, left, fixedPosition },
        }
      : { name, top, left, fixedPosition, ivrComponents, ivrComponentMappings }
  const problems = ivrProblems(ivr)
  return problems.length > 0 ? err(invalidFields(problems)) : ok(ivr)
}
