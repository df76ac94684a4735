import { createHmac } from 'node:crypto'
import { err, ok } from '@dialtone/foundation'
import { postWebhook } from '../events/index.ts'
import type { MessageCarrier } from './message-carrier.ts'

export interface SmsWebhookSettings {
  /** Of the gateway that the operator runs or rents. */
  readonly url: string
  readonly secret: string | undefined
}

const TIMEOUT_MS = 15_000

/** Text messages by a POST of `{id, to, text}` to a gateway; signed when there is a secret. `id` stays the same over attempts. */
export function smsWebhookCarrier({ url, secret }: SmsWebhookSettings): MessageCarrier {
  return {
    send: async ({ id, recipient, subject, body }) => {
      const text = JSON.stringify({ id, to: recipient, text: body === '' ? subject : body })
      const signature = secret === undefined ? {} : { 'x-dialtone-signature': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}` }
      // The operator chose this address; it may well be on his own network.
      const answer = await postWebhook({
        url,
        body: text,
        headers: { 'idempotency-key': id, ...signature },
        timeoutMs: TIMEOUT_MS,
        allowPrivateAddresses: true,
      })
      if (!('status' in answer)) return err({ reason: answer.error, isFinal: false })
      if (answer.status >= 200 && answer.status < 300) return ok({ reference: undefined })
      const isFinal = answer.status >= 400 && answer.status < 500 && ![401, 403, 408, 409, 425, 429].includes(answer.status)
      return err({ reason: `HTTP ${answer.status}`, isFinal })
    },
  }
}
