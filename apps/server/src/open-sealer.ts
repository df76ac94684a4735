import { rm } from 'node:fs/promises'
import { createSealer } from '@dialtone/control-plane'
import type { Result } from '@dialtone/foundation'
import type { Config } from './configuration/index.ts'
import { hasSecretKey, openSecretKey, secretKeyFile } from './secret-key.ts'

type Sealer = ReturnType<typeof createSealer>

/** @param prove whether the database knows the key. @throws when the key is not the one this database was used with: one sentence says so. */
export async function openSealer(
  { dataDirectory }: Pick<Config, 'dataDirectory'>,
  prove: (sealer: Sealer) => Promise<Result<void, 'OtherKey'>>,
): Promise<Sealer> {
  const wasThere = await hasSecretKey(dataDirectory)
  const sealer = createSealer(await openSecretKey(dataDirectory))
  if ((await prove(sealer)).ok) return sealer
  const path = secretKeyFile(dataDirectory)
  // A new one that opens nothing must not be taken for the right one, or be backed up as it.
  if (!wasThere) await rm(path, { force: true })
  throw new Error(
    `${path} ${wasThere ? 'is not the key this database was used with' : 'is missing, and this database holds what it sealed'}: no phone could register. Restore the secret.key that belongs to the database.`,
  )
}
