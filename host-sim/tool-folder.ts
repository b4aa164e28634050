import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Hex } from 'viem';
import { encryptKey, SCRYPT_OF_WORTHLESS_KEYS } from '../tools/latchkey/owner/keystore.js';

/** What the owner's tool must know of a run. */
export interface ToolFolderOptions {
  /** The run's data folder. */
  readonly folder: string;
  readonly chainId: number;
  readonly rpcUrl: string;
  readonly registry: Address;
  readonly lock: Address;
  readonly publicKey: Hex;
  /** No event of the lock is older. */
  readonly startBlock: number;
  readonly endpoints: readonly string[];
  readonly reportFile: string;
  /** POSIX TZ string that the lock was told. */
  readonly timeZone: string;
  /** Keys of a throw-away chain, by the names that the tool gives them; empty on any other chain. */
  readonly worthlessKeys: readonly WorthlessKey[];
}

export interface WorthlessKey {
  readonly name: string;
  readonly address: Address;
  readonly secretKey: Hex;
}

const LOCK_NAME = 'front-door';
/** Folder of keystores and of what was sent, apart from the person's own. */
const HOME = 'owner';
const PASSWORD_OF_WORTHLESS_KEYS = 'throw-away';

/**
 * Writes a latchkey.json into a run's folder, so that the owner's tool can command the lock from another terminal.
 * A key that is worth anything is never written; those of a throw-away chain are, with their password beside them.
 * @returns its path; undefined where another latchkey.json is there, which stays as it is
 */
export async function writeToolFolder(options: ToolFolderOptions): Promise<string | undefined> {
  const path = join(options.folder, 'latchkey.json');
  if (!createPrivateFile(path, `${JSON.stringify(configOf(options), null, 2)}\n`)) return undefined;
  const keys = join(options.folder, HOME, 'keys');
  for (const { name, secretKey } of options.worthlessKeys) {
    mkdirSync(keys, { recursive: true, mode: 0o700 });
    const keystore = await encryptKey(secretKey, PASSWORD_OF_WORTHLESS_KEYS, SCRYPT_OF_WORTHLESS_KEYS);
    createPrivateFile(join(keys, `${name}.json`), `${JSON.stringify(keystore)}\n`);
    createPrivateFile(join(keys, `${name}.password`), `${PASSWORD_OF_WORTHLESS_KEYS}\n`);
  }
  return path;
}

/** As tools/latchkey/config.ts reads it. */
function configOf(options: ToolFolderOptions) {
  const { chainId, rpcUrl, registry, startBlock, worthlessKeys } = options;
  const [owner, ...others] = worthlessKeys;
  return {
    chain: String(chainId),
    rpc: rpcUrl,
    registry,
    ...(owner && { home: HOME, key: owner.name }),
    lock: LOCK_NAME,
    locks: {
      [LOCK_NAME]: {
        address: options.lock,
        registry,
        chainId,
        startBlock,
        publicKey: options.publicKey,
        reports: options.reportFile,
        endpoints: options.endpoints,
        settings: { 'time-zone': options.timeZone },
      },
    },
    people: Object.fromEntries(others.map(({ name, address }) => [name, address])),
  };
}

/** @returns false where a file of that name is there */
function createPrivateFile(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
