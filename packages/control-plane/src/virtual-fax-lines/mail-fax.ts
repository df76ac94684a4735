import type { Write } from '../events/index.ts'
import { type MessageAttachment, queueMessage } from '../messages/index.ts'
import type { VirtualFaxLine } from './fax-line.ts'
import { faxFile, type FaxMessageRow } from './fax-message-queries.ts'

/** What most mail servers still take, in the 4/3 of base64: a hundred pages of print are half of it. */
const MAX_ATTACHMENT_BYTES = 10_000_000

interface Wording {
  readonly unknownNumber: string
  readonly subject: (from: string) => string
  readonly arrived: (line: string, pages: number, from: string) => string
  readonly attached: string
  readonly tooLarge: string
  readonly cutShort: string
  readonly badRows: (count: number) => string
}

const ENGLISH: Wording = {
  unknownNumber: 'an unknown number',
  subject: (from) => `New fax from ${from}`,
  arrived: (line, pages, from) => `${line} has received a fax of ${pages === 1 ? '1 page' : `${pages} pages`} from ${from}.`,
  attached: 'It is attached.',
  tooLarge: 'It is too large for a mail and waits on the fax line.',
  cutShort: 'The sender did not finish: this is what came until then, and more may be missing.',
  badRows: (count) => `${count} lines of dots could not be read and are shown as the line above.`,
}

/** By the language of the line. */
const WORDINGS: Readonly<Record<string, Wording>> = {
  'fr-CA': {
    unknownNumber: 'un numéro inconnu',
    subject: (from) => `Nouvelle télécopie de ${from}`,
    arrived: (line, pages, from) => `${line} a reçu une télécopie de ${pages} page${pages === 1 ? '' : 's'} de ${from}.`,
    attached: 'Elle est jointe.',
    tooLarge: 'Elle est trop volumineuse pour un courriel et attend sur la ligne de télécopie.',
    cutShort: 'L’expéditeur n’a pas terminé : voici ce qui est arrivé, et la suite manque peut-être.',
    badRows: (count) => `${count} lignes de points étaient illisibles et répètent la ligne précédente.`,
  },
  'es-MX': {
    unknownNumber: 'un número desconocido',
    subject: (from) => `Nuevo fax de ${from}`,
    arrived: (line, pages, from) => `${line} recibió un fax de ${pages} página${pages === 1 ? '' : 's'} de ${from}.`,
    attached: 'Va adjunto.',
    tooLarge: 'Es demasiado grande para un correo y espera en la línea de fax.',
    cutShort: 'El remitente no terminó: esto es lo que llegó, y puede faltar el resto.',
    badRows: (count) => `${count} líneas de puntos no se pudieron leer y repiten la línea anterior.`,
  },
}

/** Queues the document to everybody the line names: one mail an address. */
export async function mailFax(change: Write, line: VirtualFaxLine, row: FaxMessageRow): Promise<void> {
  const wording = WORDINGS[line.languageTag] ?? ENGLISH
  const from = [row.from_name, row.from_number, row.remote_ident].find((name) => name !== '') ?? wording.unknownNumber
  const attachment = attachmentOf(row)
  const body = [
    wording.arrived(line.name, row.page_count, row.from_number === '' ? from : row.from_number),
    ...(row.is_complete ? [] : [wording.cutShort]),
    ...(row.bad_rows === 0 ? [] : [wording.badRows(row.bad_rows)]),
    attachment === undefined ? wording.tooLarge : wording.attached,
  ].join('\n')
  const { partition_id: partitionId, account_id: accountId } = row
  for (const recipient of line.emailAddresses)
    await queueMessage(change.sql, { partitionId, accountId, kind: 'EMAIL', recipient, subject: wording.subject(from), body, attachment }, change.now)
}

/** Named by the time alone: what a caller says of himself never becomes a file name. */
function attachmentOf(row: FaxMessageRow): MessageAttachment | undefined {
  const sizeBytes = Number(row.size_bytes)
  if (sizeBytes > MAX_ATTACHMENT_BYTES) return undefined
  const time = row.created_at.toISOString().slice(0, 'yyyy-MM-ddTHH:mm:ss'.length).replaceAll(/[T:]/g, '-')
  return { file: faxFile(row.id), name: `fax-${time}.pdf`, mediaType: 'application/pdf', sizeBytes }
}
