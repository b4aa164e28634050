import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Address, Hex, LocalAccount } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { checkName } from './config.js';
import { readFirstLine, readJsonFile, writePrivateFile } from './files.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import { addressOf, decryptKey, encryptKey, type KeystoreFile, parseKeystore } from './owner/keystore.js';
import type { Tool } from './tool.js';

export interface StoredKey {
  readonly name: string;
  readonly path: string;
  /** Absent where a keystore of another wallet does not tell. */
  readonly address: Address | undefined;
}

/** The keys in the tool's home, by name. @throws Failure where one cannot be read */
export function listKeys(home: string): readonly StoredKey[] {
  const folder = join(home, 'keys');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const name = file.slice(0, -'.json'.length);
      return { name, path: join(folder, file), address: addressOf(readKeystore(join(folder, file))) };
    });
}

/** Encrypts a key and keeps it under a new name. @returns where @throws Failure where the name is taken */
export async function storeKey(
  home: string,
  name: string,
  secretKey: Hex,
  password: string,
): Promise<StoredKey> {
  const path = freePath(home, name);
  const keystore = await encryptKey(secretKey, password);
  writePrivateFile(path, `${JSON.stringify(keystore)}\n`);
  return { name, path, address: addressOf(keystore) };
}

/** @returns the file of a key that is not there yet @throws Failure where the name is bad or taken */
export function freePath(home: string, name: string): string {
  const path = join(home, 'keys', `${checkName(name, 'key')}.json`);
  if (existsSync(path))
    throw new Failure(EXIT_CODES.usage, `there is a key "${name}" already: choose another name`);
  return path;
}

/** The key that signs: --key, else the one of latchkey.json, else the only one. @throws Failure */
export function chosenKey({ flags, config, home }: Tool): StoredKey {
  const keys = listKeys(home);
  const wanted = flags.key ?? config.content.key;
  if (wanted !== undefined) {
    const key = keys.find(({ name, address }) => name === wanted || address === wanted.toLowerCase());
    if (key) return key;
    throw new Failure(
      EXIT_CODES.usage,
      `there is no key "${wanted}": latchkey keys list shows those that are`,
    );
  }
  const [only, second] = keys;
  if (only === undefined)
    throw new Failure(
      EXIT_CODES.usage,
      'there is no key yet: latchkey keys new makes one, keys import takes one in',
    );
  if (second !== undefined)
    throw new Failure(EXIT_CODES.usage, `there are ${keys.length} keys: say which with --key ${only.name}`);
  return only;
}

/** Decrypts the key that signs, by a password that a person types or a file holds. @throws Failure */
export async function openKey(tool: Tool): Promise<LocalAccount> {
  const key = chosenKey(tool);
  const password = passwordBeside(tool, key) ?? (await askPassword(tool, `Password of the key ${key.name}`));
  tool.output.progress(`opening the key ${key.name}`);
  try {
    return privateKeyToAccount(await decryptKey(readKeystore(key.path), password));
  } finally {
    tool.output.endProgress();
  }
}

/** NAME.password beside a keystore opens it, where the command line names no file: for keys that are worth nothing. */
function passwordBeside({ flags }: Tool, { path }: StoredKey): string | undefined {
  const file = path.replace(/\.json$/, '.password');
  if (flags.passwordFile !== undefined || !existsSync(file)) return undefined;
  return readFirstLine(file, 'the password file');
}

/** --password-file, else LATCHKEY_PASSWORD_FILE, else a person. */
export async function askPassword({ flags, io }: Tool, question: string): Promise<string> {
  const file = passwordFile({ flags, io });
  return file === undefined ? io.prompt.secret(question) : readFirstLine(file, 'the password file');
}

/** @returns the file that holds the password; undefined where a person types it */
export function passwordFile({ flags, io }: Pick<Tool, 'flags' | 'io'>): string | undefined {
  const file = flags.passwordFile ?? io.env['LATCHKEY_PASSWORD_FILE'];
  return file === undefined || file === '' ? undefined : resolve(io.cwd, file);
}

/** @throws Failure where the file is no keystore */
export function readKeystore(path: string): KeystoreFile {
  const content = readJsonFile(path);
  if (content === undefined) throw new Failure(EXIT_CODES.usage, `there is no keystore ${path}`);
  return parseKeystore(content, path);
}
