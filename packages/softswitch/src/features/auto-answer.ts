import type { PageType } from '@dialtone/call-routing'
import type { Header } from '@dialtone/sip'

/** RFC 3261 20.26. */
const PRIORITIES: Readonly<Record<PageType, string>> = { STANDARD: 'normal', PRIORITY: 'urgent', EMERGENCY: 'emergency' }

/**
 * Asks a phone to answer by itself, in the ways phones know: Call-Info with answer-after (Cisco, Snom, Grandstream, Polycom), Alert-Info with
 * alert-autoanswer (Yealink, Mitel, Grandstream; nothing is fetched from there), and RFC 5373, for an emergency as a privileged wish (section 4.2).
 */
export function autoAnswerHeaders(type: PageType, host: string): readonly Header[] {
  return [
    ['Call-Info', `<sip:${host}>;answer-after=0`],
    ['Alert-Info', '<http://127.0.0.1/auto-answer>;info=alert-autoanswer;delay=0'],
    [type === 'EMERGENCY' ? 'Priv-Answer-Mode' : 'Answer-Mode', 'Auto'],
    ['Priority', PRIORITIES[type]],
  ]
}
