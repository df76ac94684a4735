import { askForward, askOutboundFax, askQueue, askSetting, askVoicemail, type ControlPlane, type FileStore } from '@dialtone/control-plane'
import type { Logger } from '@dialtone/foundation'
import { readTiff, wavOf } from '@dialtone/media'
import type { ServiceDesk } from '@dialtone/softswitch'
import type { FaxSpool } from '../received-faxes/index.ts'
import { SoundLibrary } from './sound-library.ts'

/** What the switch's services work with: the control plane's use cases, its files, and the system prompts. */
export function createServiceDesk(plane: Pick<ControlPlane, 'context'>, files: FileStore, faxes: FaxSpool, logger: Logger): ServiceDesk {
  const sounds = new SoundLibrary(files, logger)
  return {
    async ask(tenant, question) {
      if (question.kind === 'fax.page') return { kind: 'done', ok: await faxes.take({ ...tenant, ...question }, question.page) }
      if (question.kind === 'fax.deposit') return { kind: 'done', ok: await faxes.end(question.faxId, question) }
      if (question.kind === 'fax.open' || question.kind === 'fax.pageSent' || question.kind === 'fax.sent') {
        const opened = await askOutboundFax(plane.context, tenant, question)
        const pages = opened === undefined ? undefined : readTiff(opened.document)
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
