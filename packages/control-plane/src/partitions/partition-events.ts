import type { DomainEvent } from '../events/index.ts'
import type { PartitionRow } from './partition-view.ts'

/** @param before undefined for a partition that is new. */
export function partitionChanged(before: PartitionRow | undefined, after: PartitionRow): DomainEvent {
  return {
    type: before === undefined ? 'partition.created' : 'partition.updated',
    partitionId: after.id,
    accountId: undefined,
    data: { partitionId: after.id, name: after.name, status: after.status, ...(after.parent_id === null ? {} : { parentId: after.parent_id }) },
    history: {
      type: 'PARTITION',
      action: before === undefined ? 'CREATE' : 'UPDATE',
      ...(before === undefined ? {} : { oldValue: shown(before) }),
      newValue: shown(after),
      referenceType: 'Partition',
      referenceId: after.id,
      referenceName: after.name,
    },
  }
}

export function settingChanged(row: PartitionRow, type: string, before: unknown, after: unknown): DomainEvent {
  return {
    type: 'partition.setting.updated',
    partitionId: row.id,
    accountId: undefined,
    data: { partitionId: row.id, type },
    history: {
      type: 'PARTITION_SETTINGS',
      action: after === undefined ? 'DELETE' : before === undefined ? 'CREATE' : 'UPDATE',
      ...(before === undefined ? {} : { oldValue: before }),
      ...(after === undefined ? {} : { newValue: after }),
      referenceType: 'PartitionSetting',
      referenceId: type,
      referenceName: type,
    },
  }
}

function shown(row: PartitionRow) {
  return { name: row.name, status: row.status, ...row.settings }
}
