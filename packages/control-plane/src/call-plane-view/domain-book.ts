import type { Logger } from '@dialtone/foundation'
import type { SwitchDomain } from '@dialtone/softswitch'
import type { Sealer } from '../access/index.ts'
import type { Database } from '../database/index.ts'
import { type DomainCertificateOfSwitch, readSwitchDomains, type SwitchDomains } from '../sip-domains/index.ts'
import type { CallPlaneReplicas } from './call-plane-view.ts'
import type { CarrierEvent } from './carrier-book.ts'

export interface DomainBookNeeds {
  readonly database: Database
  readonly sealer: Sealer
  readonly logger: Logger
  readonly replicas?: CallPlaneReplicas
}

/** SIP domains of tenants, and the certificates shown for them. */
export class DomainBook {
  readonly #needs: DomainBookNeeds
  #all: SwitchDomains = { domains: [], certificates: [] }
  #byName: ReadonlyMap<string, SwitchDomain> = new Map()
  #certificates: ReadonlyMap<string, DomainCertificateOfSwitch> = new Map()

  constructor(needs: DomainBookNeeds) {
    this.#needs = needs
  }

  get all(): SwitchDomains {
    return this.#all
  }

  readonly byName = (name: string): SwitchDomain | undefined => this.#byName.get(name)

  readonly certificateOf = (name: string): DomainCertificateOfSwitch | undefined => this.#certificates.get(name)

  async reload(): Promise<void> {
    this.#all = await readSwitchDomains({ ...this.#needs, sql: this.#needs.database.sql })
    this.#byName = new Map(this.#all.domains.map((domain) => [domain.name, domain]))
    this.#certificates = new Map(this.#all.certificates.map((certificate) => [certificate.name, certificate]))
  }

  /** Reads them again, and shows them to every copy, when a domain changed, which partitions are below the owner of one, or their SUB_DOMAINS. */
  async follow(events: readonly CarrierEvent[]): Promise<void> {
    if (!events.some(({ type }) => type?.startsWith('sipdomain.') === true || type === 'partition.created' || type === 'partition.setting.updated')) return
    await this.reload()
    await this.#needs.replicas?.show({ kind: 'domains', ...this.#all })
  }
}
