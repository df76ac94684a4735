export { bankHolidays } from './bank-holidays.ts'
export { addDays, businessDayFrom, businessDaysBetween, dayAt, instantAt, isBusinessDay, isoDateOf } from './business-day.ts'
export type { IsoDate } from './business-day.ts'
