import { askFax, askForward, askQueue, askSetting, askVoicemail, type ControlPlane, type FileStore } from '@dialtone/control-plane'
import type { Logger } from '@dialtone/foundation'
import { wavOf } from '@dialtone/media'
import type { ServiceDesk } from '@dialtone/softswitch'
import { SoundLibrary } from './sound-library.ts'

/** What the switch's services work with: the control plane's use cases, its files, and the system prompts. */
export function createServiceDesk(plane: Pick<ControlPlane, 'context'>, files: FileStore, logger: Logger): ServiceDesk {
  const sounds = new SoundLibrary(files, logger)
  return {
    async ask(tenant, question) {
      if (question.kind === 'fax.deposit') return askFax(plane.context, tenant, question)
      if (question.kind === 'forward.switch') return askForward(plane.context, tenant, question)
      if (question.kind === 'queue.agent') return askQueue(plane.context, tenant, question)
      if (question.kind === 'setting.switch' || question.kind === 'call.trace') return askSetting(plane.context, tenant, question)
      return askVoicemail(plane.context, wavOf, tenant, question)
    },
    clipsOf: (_tenant, phrases, language) => sounds.clipsOf(phrases, language),
  }
}
