import type { CallPlaneView } from '@dialtone/control-plane'
import type { SwitchDirectory } from '@dialtone/softswitch'
import type { CallPlane } from './call-plane.ts'
import { createMainThreadCallPlane } from './main-thread-call-plane.ts'
import { SwitchWorkers, type SwitchWorkersOptions } from './switch-workers.ts'

/** The call plane in `count` worker threads; 0: in this one. Nothing happens before it is started. */
export function createCallPlane(options: SwitchWorkersOptions & { readonly view: SwitchDirectory & Pick<CallPlaneView, 'certificateOf'> }): CallPlane {
  if (options.count > 0) return new SwitchWorkers(options)
  const { settings, view, registrations, memory, authorizer, records, events, services, recorder, logger } = options
  return createMainThreadCallPlane(settings, {
    directory: view,
    identityOf: (name) => view.certificateOf(name),
    ...{ registrations, memory },
    authorizer,
    records,
    events,
    ...(services === undefined ? {} : { services }),
    ...(recorder === undefined ? {} : { recorder }),
    logger,
  })
}
