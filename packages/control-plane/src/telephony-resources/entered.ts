import { err, ok, type Result } from '@dialtone/foundation'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import type { OrganizationScope, Owned, Reach } from './reach.ts'

/** An object and the proven scope of its owner. */
export interface Entered<Row> {
  readonly row: Row
  readonly scope: OrganizationScope
}

/** The only way to an object of this surface: 404 when there is none, 403 when it is somebody else's. @param shownId as it was asked for */
export async function entered<Row extends Owned>(reach: Reach, row: Row | undefined, kind: string, shownId: string): Promise<Result<Entered<Row>, ApiFailure>> {
  if (row === undefined) return err(entityNotFound(kind, shownId))
  const scope = await reach.ownerOf(row)
  return scope.ok ? ok({ row, scope: scope.value }) : scope
}
