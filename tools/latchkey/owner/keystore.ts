import { pbkdf2 as pbkdf2WithCallback, randomBytes, scrypt as scryptWithCallback } from 'node:crypto';
import { promisify } from 'node:util';
import { Keystore } from 'ox';
import type { Address, Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { EXIT_CODES, Failure } from './failure.js';

/** A key that a password encrypts: Web3 Secret Storage, version 3, as other wallets read and write it. */
export interface KeystoreFile {
  /** 40 hex digits without 0x, as the field's wallets write it; some leave it out. */
  readonly address?: string;
  readonly crypto: Keystore.Keystore['crypto'];
  readonly id: string;
  readonly version: 3;
}

const scrypt = promisify<string, Buffer, number, object, Buffer>(scryptWithCallback);
const pbkdf2 = promisify(pbkdf2WithCallback);

/** What wallets use: about half a second and 256 MiB a try. */
const SCRYPT = Object.freeze({ n: 262_144, r: 8, p: 1 });
/** For keys that everybody knows: a try costs nothing, and so does opening them. */
export const SCRYPT_OF_WORTHLESS_KEYS: ScryptParams = Object.freeze({ n: 2, r: 8, p: 1 });
/** Most memory that a foreign keystore may ask for. */
const SCRYPT_BYTES_MAX = 2 ** 30;
const SCRYPT_WORK_MAX = 2 ** 26;
const PBKDF2_ROUNDS_MAX = 50_000_000;

/**
 * Encrypts a private key; the key derivation is Node's, the form is the library's.
 * @param secretKey - 32 bytes in hex
 * @param cost - what a try of a password costs; less than wallets use is for keys that are worth nothing
 */
export async function encryptKey(
  secretKey: Hex,
  password: string,
  cost: ScryptParams = SCRYPT,
): Promise<KeystoreFile> {
  const salt = randomBytes(32);
  const { n, r, p } = cost;
  const derived = await scryptKey(password, salt, cost);
  const keystore = Keystore.encrypt(secretKey, toHex(derived), {
    kdf: 'scrypt',
    kdfparams: { dklen: 32, n, r, p, salt: salt.toString('hex') },
    iv: Uint8Array.from(randomBytes(16)),
  });
  return { address: privateKeyToAccount(secretKey).address.slice(2).toLowerCase(), ...keystore };
}

/**
 * Decrypts a keystore of ours or of another wallet.
 * @returns the private key, 32 bytes in hex
 * @throws Failure where the password is wrong, or the file is no keystore
 */
export async function decryptKey(keystore: KeystoreFile, password: string): Promise<Hex> {
  const derived = await deriveKey(keystore, password);
  let secretKey: Hex;
  try {
    secretKey = Keystore.decrypt(keystore as Keystore.Keystore, toHex(derived));
  } catch {
    throw new Failure(EXIT_CODES.failed, 'wrong password for this key: try again');
  }
  const address = addressOfKey(secretKey);
  if (keystore.address !== undefined && addressOf(keystore) !== address)
    throw new Failure(EXIT_CODES.failed, `the keystore names another address than its key's, ${address}`);
  return secretKey;
}

/** Reads a keystore from JSON; does not decrypt it. @throws Failure that names what is wrong with `file` */
export function parseKeystore(value: Readonly<Record<string, unknown>>, file: string): KeystoreFile {
  const wrong = new Failure(EXIT_CODES.usage, `${file} is no keystore of version 3 (scrypt or pbkdf2)`);
  // Old wallets wrote the name with a capital letter.
  const crypto = (value['crypto'] ?? value['Crypto']) as Partial<Keystore.Keystore['crypto']> | undefined;
  if (value['version'] !== 3 || typeof crypto !== 'object' || crypto === null) throw wrong;
  const { cipher, cipherparams, ciphertext, mac, kdf, kdfparams } = crypto;
  if (cipher !== 'aes-128-ctr' || !isHex(cipherparams?.iv, 16) || !isHex(ciphertext, 32) || !isHex(mac, 32))
    throw wrong;
  if ((kdf !== 'scrypt' && kdf !== 'pbkdf2') || kdfparams?.dklen !== 32 || !isHex(kdfparams.salt))
    throw wrong;
  const address = value['address'];
  if (address !== undefined && !isHex(String(address).replace(/^0x/, ''), 20)) throw wrong;
  return {
    ...(address !== undefined && { address: String(address) }),
    crypto: crypto as Keystore.Keystore['crypto'],
    id: String(value['id'] ?? ''),
    version: 3,
  };
}

/** @returns the address that a keystore says it holds, or undefined */
export function addressOf({ address }: KeystoreFile): Address | undefined {
  return address === undefined ? undefined : `0x${address.replace(/^0x/, '').toLowerCase()}`;
}

/** @throws Failure where the number is no private key */
export function addressOfKey(secretKey: Hex): Address {
  try {
    return privateKeyToAccount(secretKey).address.toLowerCase() as Address;
  } catch {
    throw new Failure(EXIT_CODES.usage, 'this is no secp256k1 private key: expected 64 hex digits');
  }
}

async function deriveKey(keystore: KeystoreFile, password: string): Promise<Buffer> {
  const { crypto } = keystore;
  const salt = Buffer.from(crypto.kdfparams.salt, 'hex');
  // The library's type does not tell one set of parameters from the other by the name beside them.
  if ('n' in crypto.kdfparams) {
    const { n, r } = expectFair(crypto.kdfparams);
    // OpenSSL holds to RFC 7914 section 6, N < 2^(128 r / 8); some wallets did not, so the library derives theirs.
    if (n < 2 ** (16 * r)) return scryptKey(password, salt, crypto.kdfparams);
    const key = Keystore.toKey(keystore as Keystore.Keystore, { password });
    return Buffer.from((typeof key === 'function' ? key() : key).slice(2), 'hex');
  }
  const { c, prf } = crypto.kdfparams;
  if (prf !== 'hmac-sha256' || !(c >= 1 && c <= PBKDF2_ROUNDS_MAX)) throw tooMuch();
  return pbkdf2(password, salt, c, 32, 'sha256');
}

async function scryptKey(password: string, salt: Buffer, params: ScryptParams): Promise<Buffer> {
  const { n, r, p } = expectFair(params);
  try {
    return await scrypt(password, salt, 32, { N: n, r, p, maxmem: 2 * 128 * n * r + 2 ** 20 });
  } catch {
    throw tooMuch();
  }
}

export interface ScryptParams {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

function expectFair(params: ScryptParams): ScryptParams {
  const { n, r, p } = params;
  const isFair =
    [n, r, p].every((value) => Number.isSafeInteger(value) && value > 0) && Number.isInteger(Math.log2(n));
  if (!isFair || 128 * n * r > SCRYPT_BYTES_MAX || n * r * p > SCRYPT_WORK_MAX) throw tooMuch();
  return params;
}

function tooMuch(): Failure {
  return new Failure(EXIT_CODES.usage, 'the keystore asks for a key derivation that no wallet uses');
}

function isHex(value: unknown, bytes?: number): value is string {
  return (
    typeof value === 'string' &&
    /^(?:[0-9a-fA-F]{2})*$/.test(value) &&
    (bytes === undefined || value.length === 2 * bytes)
  );
}

function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
