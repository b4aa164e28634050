import type { CryptoEngine } from '../../../firmware/crypto/engine.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { chooseHostEngine } from '../../../host-sim/engines/host-engine.js';

/** Work that an engine was asked for. */
export interface Work {
  /** Operations on the curve: each costs a lock 30 to 60 milliseconds. */
  curve: number;
  /** Blocks of SHA-256 and keccak-256. */
  blocks: number;
}

/** An engine as the lock has it, guarded, and what it was asked for. */
export interface CountingEngine {
  readonly engine: CryptoEngine;
  readonly work: Work;
}

/** Counts behind the guard, so that what the guard does is counted too. */
export function createCountingEngine(raw: CryptoEngine = chooseHostEngine()): CountingEngine {
  const work: Work = { curve: 0, blocks: 0 };
  const curve = <Args extends readonly unknown[], Result>(operation: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      work.curve++;
      return operation(...args);
    };
  };
  const { isOwn } = raw;
  const engine = guardEngine({
    name: raw.name,
    keccak256: (bytes) => {
      work.blocks += Math.floor(bytes.length / KECCAK_BLOCK_BYTES) + 1;
      return raw.keccak256(bytes);
    },
    sha256: (bytes) => {
      work.blocks += sha256Blocks(bytes.length);
      return raw.sha256(bytes);
    },
    hmacSha256: (key, bytes) => {
      work.blocks += sha256Blocks(SHA256_BLOCK_BYTES + bytes.length) + 2;
      return raw.hmacSha256(key, bytes);
    },
    publicKey: curve(raw.publicKey),
    signRecoverable: curve(raw.signRecoverable),
    ...(isOwn === undefined ? {} : { isOwn: curve(isOwn) }),
    recover: curve(raw.recover),
    verify: curve(raw.verify),
    ecdh: curve(raw.ecdh),
  });
  return { engine, work };
}

const KECCAK_BLOCK_BYTES = 136;
const SHA256_BLOCK_BYTES = 64;

function sha256Blocks(bytes: number): number {
  return Math.floor((bytes + 8) / SHA256_BLOCK_BYTES) + 1;
}
