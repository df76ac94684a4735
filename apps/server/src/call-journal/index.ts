export { CallJournal, openCallJournal } from './call-journal.ts'
export type { CallJournalOptions, CallJournalStatistics } from './call-journal.ts'
