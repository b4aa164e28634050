import assert from 'node:assert/strict';
import { keccak256 } from 'viem';
import type { DecodeErrorCode } from '../../../firmware/protocol/errors.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { CALLDATA_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import { refusalOf } from '../../../firmware/protocol/refusal.js';
import {
  type SignedTransaction,
  signedPayload,
  signingPayload,
  transactionFromRpc,
} from '../../../firmware/protocol/transaction.js';
import { bytesToHex } from '../../vectors/chain-vectors.js';
import { transactionOf, transactionVectors } from '../../vectors/transaction-vectors.js';
import { throwsDecodeError } from './throws-decode-error.js';

type Json = Record<string, unknown>;

const WORD = `0x${'11'.repeat(32)}`;
const legacy: Json = Object.freeze({
  type: '0x0',
  chainId: '0x7a69',
  nonce: '0x5',
  gasPrice: '0x3b9aca00',
  gas: '0xea60',
  to: `0x${'ab'.repeat(20)}`,
  value: '0x0',
  input: '0xd1539a21',
  v: '0xf4f5',
  r: WORD,
  s: '0x1',
});
const listed: Json = Object.freeze({
  ...legacy,
  type: '0x1',
  v: '0x1',
  yParity: '0x1',
  accessList: [{ address: `0x${'cd'.repeat(20)}`, storageKeys: [WORD] }],
});
const feeMarket: Json = Object.freeze({
  ...listed,
  type: '0x2',
  maxFeePerGas: '0x10',
  maxPriorityFeePerGas: '0x1',
});
const all = { legacy, listed, feeMarket };
const without = (json: Json, ...names: string[]): Json =>
  Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)));
const list = (entries: number, keysEach: number) =>
  Array.from({ length: entries }, () => ({
    address: `0x${'cd'.repeat(20)}`,
    storageKeys: Array.from({ length: keysEach }, () => WORD),
  }));

describe('signingPayload', () => {
  for (const vector of transactionVectors()) {
    if (vector.signingHash === undefined) continue;
    it(`gives the bytes of ${vector.name}`, () => {
      const payload = signingPayload(transactionOf(vector));
      if (vector.signing !== undefined) assert.equal(bytesToHex(payload), vector.signing);
      assert.equal(keccak256(payload), `0x${vector.signingHash}`);
    });
  }
});

describe('signedPayload', () => {
  for (const vector of transactionVectors()) {
    if (vector.signed === undefined) continue;
    it(`gives the bytes of ${vector.name}`, () => {
      assert.equal(bytesToHex(signedPayload(transactionOf(vector))), vector.signed);
    });
  }
});

describe('transactionFromRpc', () => {
  it('reads a type 0', () => {
    const transaction = transactionFromRpc(legacy) as SignedTransaction & { readonly type: 0 };
    assert.equal(transaction.type, 0);
    assert.equal(transaction.chainId, 31_337n);
    assert.equal(transaction.yParity, 0);
    assert.equal(transaction.nonce, 5n);
    assert.equal(transaction.gasPrice, 1_000_000_000n);
    assert.equal(transaction.gasLimit, 60_000n);
    assert.equal(formatHex(transaction.to), legacy['to']);
    assert.equal(formatHex(transaction.data), '0xd1539a21');
    assert.equal(formatHex(transaction.r), WORD);
    assert.equal(formatHex(transaction.s), `0x${'1'.padStart(64, '0')}`);
    assert.equal(transactionFromRpc({ ...legacy, v: '0xf4f6' }).yParity, 1);
  });

  it('reads a type 1 and a type 2 with their access lists', () => {
    for (const json of [listed, feeMarket]) {
      const transaction = transactionFromRpc(json);
      assert.ok(transaction.type !== 0);
      assert.equal(formatHex(transaction.accessList[0]?.storageKeys[0] ?? new Uint8Array()), WORD);
      assert.equal(transaction.yParity, 1);
    }
  });

  it('takes the maximum fees of a type 2, whatever effective gasPrice a node adds', () => {
    assert.deepEqual(transactionFromRpc({ ...feeMarket, gasPrice: '0x9' }), transactionFromRpc(feeMarket));
    assert.deepEqual(transactionFromRpc(without(feeMarket, 'gasPrice')), transactionFromRpc(feeMarket));
  });

  it('takes what nodes leave out or spell otherwise', () => {
    const same: readonly [Json, Json][] = [
      [without(legacy, 'type'), legacy],
      [without(legacy, 'chainId'), legacy],
      [{ ...legacy, chainId: null }, legacy],
      [{ ...without(legacy, 'input'), data: legacy['input'] }, legacy],
      [{ ...legacy, data: '0xD1539A21' }, legacy],
      [{ ...legacy, yParity: '0x0' }, legacy],
      [{ ...legacy, to: `0x${'AB'.repeat(20)}`, s: `0x${'1'.padStart(64, '0')}` }, legacy],
      [without(listed, 'v'), listed],
      [without(listed, 'yParity'), listed],
      [without({ ...listed, accessList: [] }, 'accessList'), { ...listed, accessList: [] }],
      [{ ...listed, from: 7, hash: {}, blockNumber: 'x' }, listed],
    ];
    for (const [found, expected] of same)
      assert.deepEqual(transactionFromRpc(found), transactionFromRpc(expected));
  });

  it('takes the longest calldata and the largest access lists', () => {
    const input = `0x${'ff'.repeat(CALLDATA_BYTES_MAX)}`;
    assert.equal(transactionFromRpc({ ...legacy, input }).data.length, CALLDATA_BYTES_MAX);
    for (const accessList of [list(8, 1), list(1, 8), list(8, 0)])
      transactionFromRpc({ ...listed, accessList });
  });

  const refused: readonly (readonly [string, Json, DecodeErrorCode])[] = [
    ['type 3', { ...feeMarket, type: '0x3' }, 'transaction-type'],
    ['type 4', { ...feeMarket, type: '0x4' }, 'transaction-type'],
    ['type 0x7f', { ...feeMarket, type: '0x7f' }, 'transaction-type'],
    ['a type as a number', { ...feeMarket, type: 2 }, 'hex'],
    ['v 27', { ...legacy, v: '0x1b' }, 'unprotected'],
    ['v 28 without a type', { ...without(legacy, 'type'), v: '0x1c' }, 'unprotected'],
    ['v 0 of type 0', { ...legacy, v: '0x0' }, 'range'],
    ['v 35, which names chain 0', { ...without(legacy, 'chainId'), v: '0x23' }, 'range'],
    ['v 36, which names chain 0', { ...without(legacy, 'chainId'), v: '0x24' }, 'range'],
    ['a huge v', { ...legacy, v: `0x1${'0'.repeat(16)}` }, 'range'],
    ['a chain id that v does not name', { ...legacy, chainId: '0x1' }, 'fields-disagree'],
    ['a yParity that v of type 0 does not give', { ...legacy, yParity: '0x1' }, 'fields-disagree'],
    ['a yParity that v of type 1 does not give', { ...listed, yParity: '0x0' }, 'fields-disagree'],
    ['a parity of 2', { ...listed, yParity: '0x2', v: '0x2' }, 'range'],
    ['v 27 of type 2', without({ ...feeMarket, v: '0x1b' }, 'yParity'), 'range'],
    ['no parity at all', without(feeMarket, 'yParity', 'v'), 'missing'],
    ['chain 0', { ...feeMarket, chainId: '0x0' }, 'range'],
    ['input and data that differ', { ...legacy, data: '0xd1539a22' }, 'fields-disagree'],
    ['input longer than data', { ...legacy, data: '0xd1539a' }, 'fields-disagree'],
    ['neither input nor data', without(legacy, 'input'), 'missing'],
    ['calldata over the limit', { ...legacy, input: `0x${'00'.repeat(CALLDATA_BYTES_MAX + 1)}` }, 'size'],
    ['data over the limit', { ...legacy, data: `0x${'00'.repeat(CALLDATA_BYTES_MAX + 1)}` }, 'size'],
    ['odd calldata', { ...legacy, input: '0x123' }, 'hex'],
    ['calldata that is no hex', { ...legacy, input: '0xzz' }, 'hex'],
    ['a contract creation', { ...legacy, to: null }, 'create'],
    ['no recipient', without(legacy, 'to'), 'missing'],
    ['a short recipient', { ...legacy, to: '0xabab' }, 'size'],
    ['coins', { ...legacy, value: '0x1' }, 'value'],
    ['a value with leading zeros', { ...legacy, value: '0x00' }, 'hex'],
    ['nine entries', { ...listed, accessList: list(9, 0) }, 'access-list'],
    ['nine keys in one entry', { ...listed, accessList: list(1, 9) }, 'access-list'],
    ['nine keys in three entries', { ...listed, accessList: list(3, 3) }, 'access-list'],
    ['an access list that is no array', { ...listed, accessList: {} }, 'type'],
    ['an entry that is no object', { ...listed, accessList: [7] }, 'type'],
    ['keys that are no array', { ...listed, accessList: [{ ...list(1, 0)[0], storageKeys: 'x' }] }, 'type'],
    ['a key of 31 bytes', { ...listed, accessList: [{ ...list(1, 0)[0], storageKeys: ['0x11'] }] }, 'size'],
    ['an entry without an address', { ...listed, accessList: [{ storageKeys: [] }] }, 'missing'],
    ['r over 32 bytes', { ...legacy, r: `0x1${'0'.repeat(64)}` }, 'signature-range'],
    ['s over 32 bytes', { ...legacy, s: `0x${'0'.repeat(65)}` }, 'signature-range'],
    ['r that is no hex', { ...legacy, r: '0xg1' }, 'hex'],
    ['r as a number', { ...legacy, r: 1 }, 'hex'],
    ['an empty r', { ...legacy, r: '0x' }, 'hex'],
    ['a nonce over 64 bits', { ...legacy, nonce: `0x1${'0'.repeat(16)}` }, 'range'],
    ['a gas limit as a number', { ...legacy, gas: 21_000 }, 'hex'],
    ['a type 2 without its fees', without(feeMarket, 'maxFeePerGas'), 'missing'],
  ];
  for (const [name, json, code] of refused) {
    it(`refuses ${name}`, () => throwsDecodeError(() => transactionFromRpc(json), code));
  }

  it('refuses what is no object', () => {
    for (const json of [null, undefined, 7, 'x', true, [], [legacy]]) {
      throwsDecodeError(() => transactionFromRpc(json), 'type');
    }
  });

  it('refuses each form without one of its fields, and names none twice', () => {
    const optional = new Set(['type', 'chainId', 'v', 'yParity', 'accessList', 'gasPrice']);
    for (const [form, json] of Object.entries(all)) {
      for (const name of Object.keys(json)) {
        if (optional.has(name)) continue;
        throwsDecodeError(
          () => transactionFromRpc(without(json, name)),
          'missing',
          `${form} without ${name}`,
        );
      }
    }
    throwsDecodeError(() => transactionFromRpc(without(listed, 'gasPrice')), 'missing');
    throwsDecodeError(() => transactionFromRpc(without(listed, 'chainId')), 'missing');
    throwsDecodeError(() => transactionFromRpc(without(legacy, 'v')), 'missing');
  });

  it('has a name for each refusal', () => {
    assert.equal(refusalOf('create'), 'registry');
    assert.equal(refusalOf('missing'), 'malformed');
    for (const code of [
      'transaction-type',
      'unprotected',
      'fields-disagree',
      'access-list',
      'value',
    ] as const) {
      assert.equal(refusalOf(code), code);
    }
  });
});
