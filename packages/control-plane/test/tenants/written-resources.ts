import type { Pairs } from './furnished-pairs.ts'
import { both, type WrittenThing } from './written-thing.ts'

const OF_CARRIERS = 'of carriers and peers alone'

/** What the Telephony Resources write. */
export function writtenResources(p: Pairs): readonly WrittenThing[] {
  const { ids } = p
  const rules = (turn: number) => ({ outboundCalled: [{ prefix: `+${turn}`, minLength: 9 + turn, maxLength: 11 + turn, strip: turn, prepend: `0${turn}` }], outboundCaller: [{ prefix: `+1${turn}`, minLength: 9 + turn, maxLength: 11 + turn, strip: turn, prepend: `1${turn}` }], inboundCalled: [{ prefix: `2${turn}`, minLength: 9 + turn, maxLength: 11 + turn, strip: turn, prepend: `2${turn}` }], inboundCaller: [{ prefix: `3${turn}`, minLength: 9 + turn, maxLength: 11 + turn, strip: turn, prepend: `3${turn}` }] }) // prettier-ignore
  const snake = (turn: number) => JSON.parse(JSON.stringify(rules(turn)).replaceAll(/[A-Z](?=[a-z]+")/g, (c) => `_${c.toLowerCase()}`)) as object
  const resource = (turn: number) => ({ name: `TR ${turn}`, host: `192.0.2.23${turn}`, port: 5080 + turn, transport: turn === 1 ? 'tls' : 'tcp', username: `tr-login-${turn}`, password: `tr-password-${turn}`, realm: `realm${turn}.example.com`, register: turn === 1, max_channels: 10 + turn, codecs: turn === 1 ? ['PCMA'] : ['PCMU', 'G722'], dtmf_mode: turn === 1 ? 'inband' : 'info', nat_support: turn === 1, caller_id_name: `Caller ${turn}`, caller_id_number: p.numbers[turn - 1], priority: 20 + turn, max_calls_per_second: 4 + turn, ping_interval: 50 + turn, number_rules: snake(turn), peer_certificate: turn === 1 ? 'required' : 'ignored', status: turn === 1 ? 'inactive' : 'suspended' }) // prettier-ignore
  const pbx = (turn: 1 | 2) => {
    const {
      priority: _priority,
      max_calls_per_second: _rate,
      ping_interval: _ping,
      number_rules: _rules,
      peer_certificate: _certificate,
      ...of
    } = resource(turn)
    return of
  }
  return [
    { at: '/orgips/{entity}', madeAt: '/orgips/new', idName: 'entity', bodies: both((turn) => ({ organization_id: ids['organization'], ip_address: `203.0.113.${64 * turn}`, cidr: 25 + turn, type: 'blacklist', description: `words ${turn}`, enabled: turn === 2, scope: 'sip' })), otherwise: { organization_id: 'stays', ip_address: 'stays', scope: 'stays', type: 'to allow would shut the author out' }, stay: ['cidr', 'description', 'enabled'] }, // prettier-ignore
    { at: '/domains/{entity}', madeAt: '/domains/new', idName: 'entity', bodies: both((turn) => ({ organization_id: ids['organization'], domain: 'w-three.example.com', type: turn === 1 ? 'alias' : 'primary', ssl_enabled: turn === 1, settings: { default_transport: turn === 1 ? 'tcp' : 'tls', nat_keepalive: turn === 2, keepalive_interval: 30 + turn } })), otherwise: { organization_id: 'stays', domain: 'stays', status: 'pending until it is proven', ssl_certificate: 'a pair that has to fit', ssl_private_key: 'a secret' } }, // prettier-ignore
    {
      at: '/siptrunk/{entity}',
      madeAt: '/siptrunk/new',
      idName: 'entity',
      bodies: both((turn) => ({ ...resource(turn), organization_id: ids['organization'], type: 'carrier' })),
      otherwise: {
        password: 'a secret',
        codecs: 'read by their names in full',
        caller_id_number: 'read with a plus',
        organization_id: 'stays',
        type: 'stays',
        status: 'pending when it is new',
      },
      together: ['transport', 'peer_certificate'],
    },
    { at: '/siptrunk/{entity}', madeAt: '/siptrunk/new', idName: 'entity', bodies: both((turn) => ({ ...pbx(turn), name: `PBX ${turn}`, host: `192.0.2.24${turn}`, username: `tr-pbx-login-${turn}`, organization_id: `org_${ids['accountId']}`, type: 'pbx', register: false })), otherwise: { register: 'a PBX registers with us', password: 'a secret', codecs: 'read by their names in full', caller_id_number: 'read with a plus', organization_id: 'stays', type: 'stays', status: 'pending when it is new', priority: OF_CARRIERS, max_calls_per_second: OF_CARRIERS, ping_interval: OF_CARRIERS, number_rules: OF_CARRIERS, peer_certificate: OF_CARRIERS }, together: ['username', 'password'] }, // prettier-ignore
    {
      at: '/siptrunkips/{entity}',
      writtenBy: ['PUT'],
      bodies: both((turn) => ({
        ips: [{ address: `192.0.2.25${turn}`, type: turn === 1 ? 'both' : 'signaling', port: 5090 + turn, priority: 6 + turn, active: turn === 2 }],
      })),
    },
    { at: '/devices/{entity}', madeAt: '/devices/phone', idName: 'entity', bodies: both((turn) => ({ mac_address: '0200f0003001', organization_id: `org_${ids['accountId']}`, model: 'yealink_t46u', manufacturer: 'Yealink', name: `Dev ${turn}`, user_id: turn === 1 ? p.userB : p.userC, template_id: ids['templateId'], lines: [{ line_number: turn, extension: `430${turn - 1}`, label: `L${turn}`, type: 'primary' }], settings: { time_zone: turn === 1 ? 'US/Eastern' : 'US/Pacific' } })), otherwise: { mac_address: 'read with colons', user_id: 'read with its prefix', template_id: 'read with its prefix', organization_id: 'stays', model: 'stays', manufacturer: 'stays' } }, // prettier-ignore
  ]
}
