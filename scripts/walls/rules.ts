/**
 * The walls as data. The package table is the one in ARCHITECTURE.md: the check compares the two, and a new line
 * here changes that file and adds an ADR in the same commit.
 */

export interface PackageRule {
  /** Folder from the root of the repository. */
  readonly folder: string
  /** Names of packages it may import; 'everything' is every package but those in `except`. */
  readonly mayImport: readonly string[] | 'everything'
  readonly except?: readonly string[]
  /** Of those above, the ones it may import types from and nothing else. */
  readonly typesOnly?: readonly string[]
  /** Only test files may import this package. */
  readonly testsOnly?: boolean
}

export const PACKAGE_RULES: Readonly<Record<string, PackageRule>> = {
  foundation: { folder: 'packages/foundation', mayImport: [] },
  sip: { folder: 'packages/sip', mayImport: ['foundation'] },
  numbering: { folder: 'packages/numbering', mayImport: ['foundation'] },
  media: { folder: 'packages/media', mayImport: ['foundation'] },
  'call-routing': { folder: 'packages/call-routing', mayImport: ['foundation', 'numbering'] },
  rating: { folder: 'packages/rating', mayImport: ['foundation', 'numbering'] },
  softswitch: { folder: 'packages/softswitch', mayImport: ['foundation', 'sip', 'media', 'numbering', 'call-routing', 'rating'] },
  'control-plane': {
    folder: 'packages/control-plane',
    mayImport: ['foundation', 'numbering', 'call-routing', 'rating', 'softswitch'],
    typesOnly: ['call-routing', 'softswitch'],
  },
  'api-client': { folder: 'packages/api-client', mayImport: [] },
  'apps/server': { folder: 'apps/server', mayImport: 'everything', except: ['testkit'] },
  'apps/portal': { folder: 'apps/portal', mayImport: ['api-client'] },
  testkit: { folder: 'packages/testkit', mayImport: 'everything', testsOnly: true },
}

/** The name a package is imported by. */
export const PACKAGE_SCOPE = '@dialtone/'

/** Where TypeScript of ours lives. */
export const SOURCE_ROOTS = ['packages', 'apps', 'acceptance', 'interop', 'bench', 'scripts', 'examples', 'tools', 'bin'] as const
export const SKIPPED_FOLDERS = new Set(['node_modules', '.git', '.work', 'data', 'coverage', 'dist', 'generated'])

export const TEST_FILE = /\.(test|bench)\.ts$|\/test\//

/** Functions of their arguments: no clock, no timers, no randomness, no input or output, no third party. */
export const PURE_ROOMS = [
  /^packages\/(numbering|call-routing|rating)\/src\//,
  /^packages\/sip\/src\/(message|transaction|dialog)\//,
  /^packages\/media\/src\/sdp\//,
  // A fax machine whose time and datagrams come from outside: a document of minutes is received in a moment by its tests.
  /^packages\/media\/src\/fax\//,
  /^packages\/softswitch\/src\/calls\/state\//,
  // From what a device is to the files it fetches; a preview, a test and the answer to the phone are the same text.
  /^packages\/control-plane\/src\/phone-files\//,
]
/** The parts of Node.js that are functions of their arguments. */
export const PURE_NODE_MODULES = new Set(['buffer', 'util', 'util/types', 'string_decoder', 'querystring', 'url', 'punycode'])
/** Of `node:net`, the functions that only look at text. */
export const PURE_NET_NAMES = new Set(['isIP', 'isIPv4', 'isIPv6'])
/** What a pure room must not take from foundation's door: it reads the clock, starts timers, draws random bits or tunes the process. */
export const IMPURE_FOUNDATION_NAMES = new Set([
  'makeObjectsYoung',
  'putCollectorBehind',
  'systemClock',
  'systemTimers',
  'TimerWheel',
  'newId',
  'newUuid',
  'randomToken',
  '*',
])
/** Words that betray an impure function. Two words joined by a dot are looked for as such; `new Date()` only without arguments. */
export const IMPURE_WORDS = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'await',
  'crypto',
  'performance',
  'fetch',
  'WebSocket',
  'globalThis',
  'Worker',
  'Date.now',
  'Math.random',
])

/** Sockets, files, processes and name resolution. */
export const IO_MODULES = new Set([
  'dgram',
  'net',
  'tls',
  'http',
  'https',
  'http2',
  'fs',
  'fs/promises',
  'child_process',
  'worker_threads',
  'cluster',
  'dns',
  'dns/promises',
  'readline',
  'readline/promises',
  'repl',
  'inspector',
  'sqlite',
])
/** Every room of a package or the server that may open one. Adding a line is an architecture change. */
export const IO_ROOMS = [
  /^packages\/sip\/src\/(transport|resolver)\//,
  /^packages\/media\/src\/rtp\/socket/,
  /^packages\/media\/src\/engines\//,
  // Reads the announcements that are checked in with the package (ADR 16).
  /^packages\/media\/src\/prompts\//,
  /^packages\/control-plane\/src\/(database|files|http|reference-data)\//,
  /^packages\/control-plane\/src\/events\/delivery/,
  /^packages\/testkit\//,
  // Which threads V8 has beside the program stands in /proc alone.
  /^packages\/foundation\/src\/put-collector-behind\.ts$/,
  /^apps\//,
]

/** The environment is read once; programs that start the server set it. */
export const ENVIRONMENT_ROOMS = [/^apps\/server\/src\/configuration\//, /^(acceptance|interop|bench|scripts|examples|tools|bin)\//, /^packages\/testkit\//]

/** Black box: these speak HTTP, SIP and RTP to a running server and import none of its code. */
export const BLACK_BOX = /^(acceptance|interop)\//
export const BLACK_BOX_MAY_IMPORT = new Set(['api-client'])

/** The wire surfaces; a file belongs to one by the beginning of its name or by a folder. None imports another. */
export const SURFACES = ['v2-hyphen', 'telephony-resources', 'v2'] as const

/** The package whose folders are slices, each entered by its index.ts. */
export const SLICED = 'packages/control-plane/src/'

export const FORBIDDEN_NAMES = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'manager',
  'service',
  'base',
  'core',
  'types',
  'constants',
  'misc',
  'shared',
  'lib',
])
export const FORBIDDEN_NAME_ENDINGS = ['-util', '-utils', '-helper', '-helpers', '-manager', '-impl']

export const LINES_WARN = 300
export const LINES_LIMIT = 500
export const FUNCTION_LINES_LIMIT = 70

/** Programs load these by their default export. */
export const DEFAULT_EXPORT_ALLOWED = [/(^|\/)[a-z-]+\.config\.ts$/, /^scripts\/plain-reporter\.ts$/]
