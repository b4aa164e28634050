import { compressPublicKey, decompressPublicKey, isPublicKey65 } from '../../firmware/crypto/curve.js';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { N } from '../../firmware/crypto/field.js';
import { concatBytes, equalBytes, readUint, writeUint } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import { pointFromSpki, signatureFromDer } from './der.js';
import type { Tally } from './tally.js';

type Verdict = 'valid' | 'invalid' | 'acceptable';

interface Test {
  readonly tcId: number;
  readonly comment?: string;
  readonly result: Verdict;
  readonly msg?: string;
  readonly sig?: string;
  readonly public?: string | Jwk;
  readonly private?: string | Jwk;
  readonly shared?: string;
}

interface Jwk {
  readonly kty?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly d?: string;
}

interface PublicKey {
  readonly curve: string;
  readonly uncompressed: string;
}

interface Group {
  readonly type: string;
  readonly sha?: string;
  readonly curve?: string;
  readonly encoding?: string;
  /** Older files call it `key`. */
  readonly publicKey?: PublicKey;
  readonly key?: PublicKey;
  readonly tests: readonly Test[];
}

/** A file of Wycheproof, as far as it is read here. */
export interface WycheproofFile {
  readonly algorithm: string;
  readonly testGroups: readonly Group[];
}

/**
 * Puts the tests of a file to an engine.
 * @param engine - a guarded one
 * @see C2SP/wycheproof, schemas ecdsa_verify, ecdsa_p1363_verify, ecdsa_bitcoin_verify, ecdh_test, ecdh_ecpoint, ecdh_webcrypto
 */
export function runWycheproof(file: WycheproofFile, engine: CryptoEngine, tally: Tally): void {
  for (const group of file.testGroups) {
    const reason = reasonToSkip(group);
    if (reason !== undefined) tally.skip(reason, group.tests.length);
    else if (group.type.startsWith('Ecdsa')) runEcdsa(group, engine, tally);
    else for (const test of group.tests) runEcdh(group, test, engine, tally);
  }
}

function reasonToSkip({ type, sha, curve, publicKey, key }: Group): string | undefined {
  const isEcdsa = ['EcdsaVerify', 'EcdsaP1363Verify', 'EcdsaBitcoinVerify'].includes(type);
  const isEcdh = ['EcdhTest', 'EcdhEcpointTest', 'EcdhWebcryptoTest'].includes(type);
  if (!isEcdsa && !isEcdh) return `tests of type ${type}`;
  const name = curve ?? publicKey?.curve ?? key?.curve;
  if (name !== 'secp256k1' && name !== 'P-256K') return `the curve ${name}`;
  return isEcdsa && sha !== 'SHA-256' ? `the hash ${sha}` : undefined;
}

function runEcdsa(group: Group, engine: CryptoEngine, tally: Tally): void {
  const publicKey65 = hex(group.publicKey?.uncompressed ?? group.key?.uncompressed);
  if (!isPublicKey65(publicKey65)) {
    tally.judge(
      group.tests.every(({ result }) => result !== 'valid'),
      'a group with a key that is no point',
    );
    return;
  }
  const publicKey33 = compressPublicKey(publicKey65);
  for (const test of group.tests) {
    const digest32 = engine.sha256(hex(test.msg));
    const found = attempt(() => {
      const sig = hex(test.sig);
      const signature64 = group.type === 'EcdsaP1363Verify' ? sig : signatureFromDer(sig);
      return verify(engine, digest32, signature64, publicKey33, group.type !== 'EcdsaBitcoinVerify');
    });
    judge(test, found === true ? 'held' : 'refused', tally);
  }
}

/**
 * Where high-S is no fault of the vector, the seam must refuse it by that name and verify its low twin, which every
 * signature has: that is how a lock knows each signature in one form.
 */
function verify(
  engine: CryptoEngine,
  digest32: Uint8Array,
  signature64: Uint8Array,
  publicKey33: Uint8Array,
  mayBeHigh: boolean,
): boolean {
  try {
    return engine.verify(digest32, signature64, publicKey33);
  } catch (error) {
    if (!mayBeHigh || !(error instanceof DecodeError) || error.code !== 'high-s') throw error;
    const low = writeUint(N - readUint(signature64.subarray(32)), 32);
    return engine.verify(digest32, concatBytes(signature64.subarray(0, 32), low), publicKey33);
  }
}

function runEcdh(group: Group, test: Test, engine: CryptoEngine, tally: Tally): void {
  const shared = attempt(() => engine.ecdh(secretOf(test.private), publicKeyOf(group, test.public)));
  const isSame = shared !== undefined && equalBytes(shared, hex(test.shared));
  judge(test, shared === undefined ? 'refused' : isSame ? 'held' : 'wrong', tally);
}

/** What is acceptable may be refused, but not come to something else; what is invalid has no right result. */
function judge(
  { tcId, comment = '', result }: Test,
  found: 'held' | 'refused' | 'wrong',
  tally: Tally,
): void {
  const isPassed =
    result === 'valid' ? found === 'held' : result === 'invalid' ? found !== 'held' : found !== 'wrong';
  tally.judge(isPassed, `test ${tcId} (${comment}) is ${result}, and was ${found}`);
}

/** @returns 33 bytes @throws DecodeError where it is no key of this curve */
function publicKeyOf({ encoding }: Group, value: string | Jwk | undefined): Uint8Array {
  if (typeof value === 'object') {
    if (value.kty !== 'EC' || value.crv !== 'P-256K')
      throw new DecodeError('type', 'expected a key of this curve');
    return pointFrom(concatBytes(Uint8Array.of(4), base64Url(value.x), base64Url(value.y)));
  }
  return pointFrom(encoding === 'ecpoint' ? hex(value) : pointFromSpki(hex(value)));
}

function pointFrom(point: Uint8Array): Uint8Array {
  if (point.length === 33) return compressPublicKey(decompressPublicKey(point));
  if (!isPublicKey65(point)) throw new DecodeError('range', 'expected a point of the curve');
  return compressPublicKey(point);
}

/** A number of any width. @returns 32 bytes @throws DecodeError `size` */
function secretOf(value: string | Jwk | undefined): Uint8Array {
  const bytes = typeof value === 'object' ? base64Url(value.d) : hex(value);
  const number = readUint(bytes);
  if (number >> 256n !== 0n) throw new DecodeError('size', 'expected a secret of 256 bits');
  return writeUint(number, 32);
}

function hex(text: string | undefined): Uint8Array {
  return parseHex(`0x${text ?? ''}`);
}

function base64Url(text = ''): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64url'));
}

/** @returns undefined where the bytes were refused; all else that is thrown goes on */
function attempt<Value>(run: () => Value): Value | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
