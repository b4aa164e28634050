import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';

export interface CountedEngine {
  /** Guarded. */
  readonly engine: CryptoEngine;
  /** Operations on the curve so far: signing, recovering, verifying, deriving a key. */
  count(): number;
}

/** An engine that counts what is asked of the curve. @param raw - not guarded yet */
export function countEngine(raw: CryptoEngine): CountedEngine {
  let operations = 0;
  const counted =
    <Args extends readonly unknown[], Result>(compute: (...args: Args) => Result) =>
    (...args: Args): Result => {
      operations++;
      return compute(...args);
    };
  const engine = guardEngine({
    ...raw,
    publicKey: counted(raw.publicKey),
    signRecoverable: counted(raw.signRecoverable),
    recover: counted(raw.recover),
    verify: counted(raw.verify),
    ...(raw.isOwn !== undefined && { isOwn: counted(raw.isOwn) }),
  });
  return { engine, count: () => operations };
}
