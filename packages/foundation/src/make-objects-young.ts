import { setFlagsFromString } from 'node:v8'

/**
 * Tells V8, for the whole process and before its code is warm, to make every object among the young ones. By default it learns which
 * places of the code make objects that live long, takes the objects of a call for such while few calls go on, and then makes them old
 * at once: each drags along everything it points at, and a call that lasted a second waits for the collection of old objects.
 */
export function makeObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}
