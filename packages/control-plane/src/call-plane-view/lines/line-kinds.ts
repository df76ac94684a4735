import { businessLines } from './business-lines.ts'
import type { LineKind } from './line-kind.ts'
import { sipTrunks } from './sip-trunks.ts'
import { specialtyLines } from './specialty-lines.ts'
import { userLines } from './user-lines.ts'
import { userSoftphones } from './user-softphones.ts'

/** Everything that registers as a line. */
export const LINE_KINDS: readonly LineKind[] = [userLines, userSoftphones, businessLines, specialtyLines, sipTrunks]
