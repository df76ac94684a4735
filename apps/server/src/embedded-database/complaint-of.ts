import { adviceForFullDisk } from '../processes/data-directory.ts'

const LAST_LINES = 4

/** What PostgreSQL and its tools said over several lines, in one sentence, with what to do where that is clear. */
export function complaintOf(output: string): string {
  const advice = adviceForFullDisk(output)
  if (advice !== undefined) return advice
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const said = lines.slice(-LAST_LINES).join(' | ') || 'it said nothing'
  // A user id that a container was given and nobody wrote into its /etc/passwd: initdb insists on a name.
  return output.includes('could not look up effective user ID')
    ? `${said}. Give this user an entry in /etc/passwd, start as another user, or set DATABASE_URL to a PostgreSQL of your own.`
    : said
}
