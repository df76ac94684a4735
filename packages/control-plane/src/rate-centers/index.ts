import type { EventSubscriber } from '../events/index.ts'
import type { Context } from '../context.ts'
import { watchStock } from './reorder-notification.ts'

export { rateCenterWorkers } from './plan-workers.ts'
export { rateCenterOf, RateCenterView } from './rate-center.ts'
export { rateCenterOperations } from './v2-routes.ts'
export function stockWatcher(context: () => Context): EventSubscriber {
  return { name: 'stock', handle: (event) => watchStock(context(), event) }
}
