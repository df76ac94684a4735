import { askForward, askOutboundFax, askQueue, askSetting, askVoicemail, type ControlPlane } from '@dialtone/control-plane'
import { wavOf } from '@dialtone/media'
import type { ServiceDesk } from '@dialtone/softswitch'
import type { FaxSpool } from '../received-faxes/index.ts'
import type { SideThread } from '../side-thread/index.ts'
import type { SoundLibrary } from './sound-library.ts'

interface ServiceDeskParts {
  readonly plane: Pick<ControlPlane, 'context'>
  readonly faxes: FaxSpool
  readonly sounds: SoundLibrary
  /** Reads documents that are faxed. */
  readonly documents: SideThread
}

/** What the switch's services work with: the control plane's use cases, its files, and the system prompts. */
export function createServiceDesk({ plane, faxes, sounds, documents }: ServiceDeskParts): ServiceDesk {
  return {
    async ask(tenant, question) {
      if (question.kind === 'fax.page') return { kind: 'done', ok: await faxes.take({ ...tenant, ...question }, question.page) }
      if (question.kind === 'fax.deposit') return { kind: 'done', ok: await faxes.end(question.faxId, question) }
      if (question.kind === 'fax.open' || question.kind === 'fax.pageSent' || question.kind === 'fax.sent') {
        const opened = await askOutboundFax(plane.context, tenant, question)
        const pages = opened === undefined ? undefined : await documents.ask('fax', opened.document)
        return pages?.ok === true ? { kind: 'fax', pages: pages.value.slice(opened?.from) } : undefined
      }
      if (question.kind === 'forward.switch') return askForward(plane.context, tenant, question)
      if (question.kind === 'queue.agent') return askQueue(plane.context, tenant, question)
      if (question.kind === 'setting.switch' || question.kind === 'call.trace') return askSetting(plane.context, tenant, question)
      return askVoicemail(plane.context, wavOf, tenant, question)
    },
    clipsOf: (_tenant, phrases, language) => sounds.clipsOf(phrases, language),
  }
}
