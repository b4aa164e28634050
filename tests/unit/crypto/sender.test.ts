import assert from 'node:assert/strict';
import { privateKeyToAddress } from 'viem/accounts';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { recoverSender, transactionHash } from '../../../firmware/crypto/sender.js';
import { writeUint } from '../../../firmware/protocol/bytes.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { N } from '../../conformance/rfc6979-oracle.js';
import { hexToBytes } from '../../vectors/chain-vectors.js';
import { transactionOf, transactionVectors } from '../../vectors/transaction-vectors.js';
import { throwsDecodeError } from '../protocol/throws-decode-error.js';

const engine = guardEngine(createNobleEngine());
const [first] = transactionVectors();
assert.ok(first !== undefined);
const transaction = transactionOf(first);
const word = (value: bigint) => writeUint(value, 32);
const s = BigInt(formatHex(transaction.s));

describe('recoverSender', () => {
  for (const vector of transactionVectors()) {
    const sender = vector.sender ?? privateKeyToAddress(`0x${vector.secretKey}`).toLowerCase().slice(2);
    it(`gives the sender of ${vector.name}`, () => {
      assert.equal(formatHex(recoverSender(engine, transactionOf(vector))), `0x${sender}`);
    });
  }

  it('gives another sender where one field differs', () => {
    const sender = formatHex(recoverSender(engine, transaction));
    for (const change of [
      { nonce: 10n },
      { chainId: 2n },
      { value: 0n },
      { gasLimit: 1n },
      { data: Uint8Array.of(0) },
    ]) {
      assert.notEqual(formatHex(recoverSender(engine, { ...transaction, ...change })), sender);
    }
  });

  it('refuses r and s outside 1..n-1, a high s, and what nobody signed', () => {
    const wrong = (change: { readonly r?: Uint8Array; readonly s?: Uint8Array }) => () =>
      recoverSender(engine, { ...transaction, ...change });
    for (const value of [0n, N, 2n ** 256n - 1n]) {
      throwsDecodeError(wrong({ r: word(value) }), 'signature-range');
      throwsDecodeError(wrong({ s: word(value) }), 'signature-range');
    }
    throwsDecodeError(wrong({ s: word(N - s) }), 'high-s');
    throwsDecodeError(wrong({ r: word(5n) }), 'signature');
  });
});

describe('transactionHash', () => {
  it('is keccak-256 of the signed bytes', () => {
    assert.deepEqual(transactionHash(engine, transaction), engine.keccak256(hexToBytes(first.signed ?? '')));
  });
});
