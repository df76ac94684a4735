export { SideThread } from './side-thread.ts'
