import { Readable } from 'node:stream'
import { err, ok } from '@dialtone/foundation'
import { createTransport } from 'nodemailer'
import type { MessageCarrier } from './message-carrier.ts'

export interface SmtpSettings {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`. */
  readonly url: string
  /** Sender, as `Name <address>`. */
  readonly from: string
}

const TIMEOUT_MS = 15_000
const MAX_CONNECTIONS = 3
/** SMTP: 5yz is for good (RFC 5321 section 4.2.1). */
const PERMANENT = 500

/** E-mail over SMTP. The id of a message becomes its Message-ID, so that one sent twice is known as one. */
export function smtpCarrier(settings: SmtpSettings): MessageCarrier {
  // Connections of their own: a mail about 911 stands in no queue behind a thousand reports.
  const [usual, urgent] = [pooled(settings.url), pooled(settings.url)]
  const domain = /@([^>\s]+)/.exec(settings.from)?.[1] ?? 'dialtone.local'
  return {
    send: async ({ id, recipient, subject, body, isUrgent, attachment }) => {
      const attachments =
        attachment === undefined ? [] : [{ filename: attachment.name, contentType: attachment.mediaType, content: Readable.from(attachment.content) }]
      try {
        const mail = {
          from: settings.from,
          to: recipient,
          subject,
          text: body,
          messageId: `<${id}@${domain}>`,
          attachments,
          ...(isUrgent ? { priority: 'high' as const } : {}),
        }
        const sent = (await (isUrgent ? urgent : usual).sendMail(mail)) as { readonly messageId?: string }
        return ok({ reference: sent.messageId })
      } catch (error) {
        const { responseCode, message } = error as { responseCode?: number; message?: string }
        return err({
          reason: message ?? String(error),
          isFinal: responseCode !== undefined && responseCode >= PERMANENT && responseCode !== 535 && responseCode !== 530,
        })
      }
    },
  }
}

function pooled(url: string): ReturnType<typeof createTransport> {
  return createTransport({
    url,
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // What people typed must not make us read files or fetch URLs.
    disableFileAccess: true,
    disableUrlAccess: true,
  } as Parameters<typeof createTransport>[0])
}
