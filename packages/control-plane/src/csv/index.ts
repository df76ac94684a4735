export { csvReply } from './csv-reply.ts'
export { type CsvProblem, type CsvRow, readCsv } from './read-csv.ts'
export { csvLine, type CsvCell, plainCell, streamCsv, writeCsv } from './write-csv.ts'
