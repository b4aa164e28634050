import type { CryptoEngine } from '../../../firmware/crypto/engine.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { fromEvmSignature65, toEvmSignature65 } from '../../../firmware/crypto/signature.js';
import { concatBytes, equalBytes } from '../../../firmware/protocol/bytes.js';
import { DecodeError } from '../../../firmware/protocol/errors.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { chooseHostEngine, HOST_ENGINES } from '../../../host-sim/engines/host-engine.js';
import { attempt, expect, type Target } from '../target.js';
import { engine, GUEST, OWNER } from './people.js';
import { linear } from './seed-bytes.js';

const ENGINES = HOST_ENGINES.map((name) => guardEngine(chooseHostEngine(name)));

/** A digest, a signature with its v, and a public key: every engine says the same of them. */
export const signatureTarget: Target = {
  name: 'signature',
  shape: { kind: 'records', width: 32 },
  share: 1,
  bytesMax: 200,
  seeds: () => [
    sample(OWNER.key32),
    sample(GUEST.key32),
    concatBytes(new Uint8Array(32).fill(0xff), sample(OWNER.key32).subarray(32)),
  ],
  run: (input: Uint8Array) => {
    const digest32 = padded(input.subarray(0, 32), 32);
    const evm65 = input.subarray(32, 97);
    const publicKey33 = input.subarray(97, 130);
    const signature = attempt(() => fromEvmSignature65(evm65), ['size', 'range']);
    if (signature !== undefined)
      expect(equalBytes(toEvmSignature65(signature.value), evm65), 'a signature comes back as other bytes');
    const { signature64, recoveryId } = signature?.value ?? {
      signature64: evm65.slice(0, 64),
      recoveryId: 0,
    };
    agree('recover', (each) => formatHex(each.recover(digest32, signature64, recoveryId)));
    agree('verify', (each) => String(each.verify(digest32, signature64, publicKey33)));
    agree('ecdh', (each) => formatHex(each.ecdh(padded(input.subarray(32, 64), 32), publicKey33)));
  },
  stepsMax: linear(40_000, 100),
};

function agree(what: string, ask: (engine: CryptoEngine) => string): void {
  const answers = ENGINES.map((each) => {
    try {
      return ask(each);
    } catch (error) {
      if (error instanceof DecodeError) return error.code;
      throw error;
    }
  });
  expect(new Set(answers).size === 1, `${what}: ${answers.join(', ')}`);
}

function sample(key32: Uint8Array): Uint8Array {
  const digest32 = engine.sha256(key32);
  return concatBytes(
    digest32,
    toEvmSignature65(engine.signRecoverable(digest32, key32)),
    engine.publicKey(key32),
  );
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  out.set(bytes);
  return out;
}
