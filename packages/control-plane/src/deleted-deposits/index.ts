export { isDeletedDeposit, noteDeletedDeposits } from './deleted-deposits.ts'
