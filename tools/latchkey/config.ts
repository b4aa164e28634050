import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Address, Hex } from 'viem';
import { readJsonFile, writePrivateFile } from './files.js';
import { EXIT_CODES, Failure } from './owner/failure.js';

export const CONFIG_FILE = 'latchkey.json';

/** A lock as the owner's tool remembers it. */
export interface LockRecord {
  /** Lowercase hex, as all addresses here. */
  readonly address: Address;
  readonly registry: Address;
  readonly chainId: number;
  /** No event of this lock is older. */
  readonly startBlock: number;
  /** The device's 33-byte public key, 0x hex. */
  readonly publicKey?: string;
  /** Where its reports are read from: a file or a URL. */
  readonly reports?: string;
  /** A node of its own. */
  readonly rpc?: string;
  /** The nodes that the lock asks, and its settings but the Wi-Fi's password, as they were last sent. */
  readonly endpoints?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  /** What people call the zone of its setting `time-zone`, such as Europe/Berlin. */
  readonly zone?: string;
  /** The device's word of the pairing that its owner may register it. */
  readonly consent?: { readonly deadlineSeconds: number; readonly signature: Hex };
}

/** The content of latchkey.json: defaults, and locks by name. Holds no secret. */
export interface Config {
  /** Folder of keys and of what was sent, in place of the person's own: below the file's folder, relative to it. */
  readonly home?: string;
  /** A known name, or a chain id. */
  readonly chain?: string;
  /** The node for that chain. */
  readonly rpc?: string;
  /** The registry on that chain, and the block that holds it. */
  readonly registry?: Address;
  readonly registryBlock?: number;
  /** Name of the key that signs. */
  readonly key?: string;
  /** Name of the lock that is meant where none is named. */
  readonly lock?: string;
  readonly locks?: Readonly<Record<string, LockRecord>>;
  /** Guests by the names that this computer gives them. */
  readonly people?: Readonly<Record<string, Address>>;
}

/** The configuration and the file that it was read from, or will be written to. */
export class ConfigFile {
  readonly path: string;
  #content: Config;

  private constructor(path: string, content: Config) {
    this.path = path;
    this.#content = content;
  }

  /** Reads the named file; else the nearest one from `cwd` upward; else the one in the tool's home. @throws Failure */
  static open(named: string | undefined, cwd: string, home: string): ConfigFile {
    const path = named === undefined ? (findUpward(cwd) ?? join(home, CONFIG_FILE)) : resolve(cwd, named);
    const content = readJsonFile(path) ?? {};
    check(content, path);
    return new ConfigFile(path, content as Config);
  }

  /** The folder that the file names as the tool's home. */
  get home(): string | undefined {
    const { home } = this.#content;
    return home === undefined ? undefined : join(dirname(this.path), home);
  }

  get content(): Config {
    return this.#content;
  }

  /** Changes some fields, forgets those that are undefined, and writes the file. */
  change(change: { readonly [Field in keyof Config]?: Config[Field] | undefined }): void {
    // Another run may have named a lock meanwhile.
    const latest = (readJsonFile(this.path) ?? this.#content) as Config;
    this.#content = { ...latest, ...change } as Config;
    writePrivateFile(this.path, `${JSON.stringify(this.#content, null, 2)}\n`);
  }

  /** Remembers a lock under a name, or what is new of one. */
  rememberLock(name: string, record: LockRecord): void {
    const latest = readJsonFile(this.path) as Config | undefined;
    this.change({ locks: { ...latest?.locks, [name]: record } });
  }
}

/** The folder of keys and defaults: LATCHKEY_HOME, else under XDG_CONFIG_HOME, else ~/.latchkey. */
export function toolHome(env: Readonly<Record<string, string | undefined>>, homeDirectory: string): string {
  const { LATCHKEY_HOME, XDG_CONFIG_HOME } = env;
  if (LATCHKEY_HOME) return LATCHKEY_HOME;
  return XDG_CONFIG_HOME ? join(XDG_CONFIG_HOME, 'latchkey') : join(homeDirectory, '.latchkey');
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** Names of keys and locks: they are also names of files. */
export function checkName(name: string, what: string): string {
  if (NAME.test(name)) return name;
  throw new Failure(
    EXIT_CODES.usage,
    `"${name}" is no name for a ${what}: use up to 32 of a-z, 0-9, - and _, such as front-door`,
  );
}

function findUpward(cwd: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, CONFIG_FILE);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}

function check(content: Readonly<Record<string, unknown>>, path: string): void {
  const wrong = (field: string, expected: string) =>
    new Failure(EXIT_CODES.usage, `${path}: expected ${expected} under "${field}"`);
  for (const field of ['chain', 'rpc', 'key', 'lock', 'home'])
    if (content[field] !== undefined && typeof content[field] !== 'string') throw wrong(field, 'a text');
  // A file that came with somebody's project must not reach for keys outside of it.
  if (typeof content['home'] === 'string' && !/^[a-z0-9][a-z0-9_-]*$/.test(content['home']))
    throw wrong('home', 'the name of a folder beside it');
  if (content['registry'] !== undefined && !isAddress(content['registry']))
    throw wrong('registry', 'an address');
  const { locks = {}, people = {} } = content;
  if (typeof people !== 'object' || people === null) throw wrong('people', 'addresses by name');
  // The file may be another's, and names stand in the sentences that people believe.
  for (const name of [...Object.keys(people), ...Object.keys(locks ?? {})])
    if (!NAME.test(name)) throw wrong(name, 'a name of a-z, 0-9, - and _');
  for (const [name, address] of Object.entries(people))
    if (!isAddress(address)) throw wrong(`people.${name}`, 'an address');
  if (typeof locks !== 'object' || locks === null) throw wrong('locks', 'locks by name');
  for (const [name, lock] of Object.entries(locks as Record<string, Partial<LockRecord> | null>)) {
    if (!isAddress(lock?.address)) throw wrong(`locks.${name}.address`, 'an address');
    if (!isAddress(lock?.registry)) throw wrong(`locks.${name}.registry`, 'an address');
    if (!Number.isSafeInteger(lock?.chainId)) throw wrong(`locks.${name}.chainId`, 'a chain id');
    if (!Number.isSafeInteger(lock?.startBlock)) throw wrong(`locks.${name}.startBlock`, 'a block number');
  }
}

function isAddress(value: unknown): value is Address {
  return typeof value === 'string' && /^0x[0-9a-f]{40}$/.test(value);
}
