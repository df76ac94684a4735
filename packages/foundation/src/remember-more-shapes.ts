import { setFlagsFromString } from 'node:v8'

/** V8's default is 4. With 16 nothing more is gained. */
const SHAPES = 8

/**
 * Tells V8, for the whole process and before its code is warm, how many shapes of objects it remembers at a place of the code. A call is made
 * of events, effects and states of many shapes; at a place that has seen more than V8 remembers, every access is a search in a table that
 * all such places share, and what is called there is not compiled into its caller.
 */
export function rememberMoreShapes(): void {
  setFlagsFromString(`--max-valid-polymorphic-map-count=${SHAPES}`)
}
