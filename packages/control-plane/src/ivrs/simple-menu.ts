import type { Ivr, IvrComponent, IvrMapping } from './ivr.ts'

/** The short form of a menu in the other documentation set (public-spec section 16). */
export interface SimpleMenu {
  readonly name: string
  readonly greeting: string | undefined
  readonly options: readonly { readonly digit: string; readonly action: 'TRANSFER' | 'HANGUP'; readonly destination: string | undefined }[]
  readonly timeout: number | undefined
  readonly maxRetries: number | undefined
}

const DEFAULT_TIMEOUT_SECONDS = 5
const DEFAULT_RETRIES = 3

/** The same as components: one menu, a forward for each key, and an end for who presses none. */
export function treeOf(menu: SimpleMenu): Ivr {
  const choices = menu.options.map((option, index) => ({ option, id: `key-${index}` }))
  const components: readonly IvrComponent[] = [
    { id: 'incoming', type: 'INCOMING' },
    {
      id: 'menu',
      type: 'MENU',
      initPromptId: '',
      allowBargeInDuringInitPrompt: true,
      menuPromptId: '',
      ...(menu.greeting === undefined ? {} : { menuPromptText: menu.greeting }),
      menuRepeatDelay: menu.timeout ?? DEFAULT_TIMEOUT_SECONDS,
      dtmf: choices.map(({ option, id }) => ({ id, type: 'DTMF', digit: option.digit })),
      failure: {
        id: 'failure',
        type: 'MENU_FAILURE',
        menuTimeout: menu.timeout ?? DEFAULT_TIMEOUT_SECONDS,
        invalidSelectionPrompt: '',
        maxInvalidSelections: menu.maxRetries ?? DEFAULT_RETRIES,
      },
    },
    ...choices.map(({ option, id }): IvrComponent =>
      option.action === 'HANGUP' ? { id: `${id}-end`, type: 'HANGUP' } : { id: `${id}-end`, type: 'FORWARD', toNumber: option.destination },
    ),
    { id: 'goodbye', type: 'HANGUP' },
  ]
  const mappings: readonly IvrMapping[] = [
    { fromIvrComponentId: 'incoming', toIvrComponentId: 'menu' },
    ...choices.map(({ id }) => ({ fromIvrComponentId: id, toIvrComponentId: `${id}-end` })),
    { fromIvrComponentId: 'failure', toIvrComponentId: 'goodbye' },
  ]
  return { name: menu.name, ivrComponents: components, ivrComponentMappings: mappings }
}
