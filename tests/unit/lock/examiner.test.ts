import assert from 'node:assert/strict';
import { transactionHash } from '../../../firmware/crypto/sender.js';
import { type Examination, examineTransaction } from '../../../firmware/lock/examiner.js';
import { encodeCommandCall, encodeCommandManyCall } from '../../../firmware/protocol/command.js';
import { DecodeError } from '../../../firmware/protocol/errors.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { ACTION, type Order } from '../../../firmware/protocol/order.js';
import type { RefusalReason } from '../../../firmware/protocol/refusal.js';
import { transactionFromRpc } from '../../../firmware/protocol/transaction.js';
import { CHAIN_ID, engine, type Mined, NOW, OWNER, REGISTRY, signCall } from './signer.js';

const LOCK = new Uint8Array(20).fill(0xaa);
const DOMAIN = { chainId: CHAIN_ID, registry20: REGISTRY, lock20: LOCK };
const ORDER: Order = {
  lock: LOCK,
  challenge4: new Uint8Array(4),
  epoch: 1,
  notAfterSeconds: NOW + 300,
  action: ACTION.unlock,
};
const REAL = signCall(OWNER, encodeCommandCall(ORDER), { nonce: 7 });
/** Half the order of secp256k1, and the order itself. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const ORDER_N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

function examine(json: unknown, asked = REAL.hash): Examination {
  return examineTransaction(engine, DOMAIN, asked, json);
}

/** What comes of the real transaction with some fields changed, under the hash that it has then. */
function withFields(changes: Record<string, unknown>): RefusalReason | 'nobody' | 'owner' {
  const json: Mined['json'] = { ...REAL.json, ...changes };
  const examination = examine(json, hashOf(json));
  if (!examination.ok) return examination.reason;
  return formatHex(examination.signed.by) === formatHex(OWNER.address) ? 'owner' : 'nobody';
}

function hashOf(json: Mined['json']): Uint8Array {
  try {
    return transactionHash(engine, transactionFromRpc(json));
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    return REAL.hash;
  }
}

describe('examineTransaction', () => {
  it('finds who signed which order', () => {
    const examination = examine(REAL.json);
    assert.ok(examination.ok);
    assert.deepEqual(examination.signed, {
      by: OWNER.address,
      nonce: 7n,
      command: { kind: 'order', order: ORDER },
      addressee: DOMAIN,
    });
  });

  it('finds this lock’s order among those of many', () => {
    const other = { ...ORDER, lock: new Uint8Array(20).fill(0x01), action: ACTION.lock };
    const { hash, json } = signCall(OWNER, encodeCommandManyCall([other, ORDER]), { nonce: 1 });
    const examination = examine(json, hash);
    assert.ok(examination.ok && examination.signed.command.kind === 'order');
    assert.deepEqual(examination.signed.command.order, ORDER);
  });

  it('believes neither from nor any field that nobody signed', () => {
    const lies = {
      from: `0x${'99'.repeat(20)}`,
      blockNumber: '0x1',
      gasPrice: '0xffff',
      hash: '0x',
      status: 'x',
    };
    assert.equal(withFields(lies), 'owner');
  });

  for (const [reason, what, changes] of [
    ['transaction-type', 'a blob transaction', { type: '0x3' }],
    ['transaction-type', 'a set-code transaction', { type: '0x4' }],
    ['unprotected', 'a legacy transaction without a chain', { type: '0x0', v: '0x1b', yParity: undefined }],
    ['fields-disagree', 'input beside another data', { data: '0x00' }],
    ['fields-disagree', 'yParity beside another v', { v: REAL.json['v'] === '0x0' ? '0x1' : '0x0' }],
    ['registry', 'another contract', { to: `0x${'12'.repeat(20)}` }],
    ['registry', 'a creation', { to: null }],
    ['value', 'coins', { value: '0x1' }],
    ['chain-id', 'another chain', { chainId: '0x1' }],
    ['selector', 'another call', { input: `0xdeadbeef${String(REAL.json['input']).slice(10)}` }],
    ['selector', 'no call', { input: '0x' }],
    ['calldata', 'a byte too many', { input: `${REAL.json['input']}00` }],
    ['calldata', 'a byte too few', { input: String(REAL.json['input']).slice(0, -2) }],
    ['lock', 'another lock', { input: formatHex(encodeCommandCall({ ...ORDER, lock: REGISTRY })) }],
    ['signature-range', 'r of zero', { r: '0x0' }],
    ['signature-range', 's of zero', { s: '0x0' }],
    ['signature-range', 'r of the order', { r: `0x${ORDER_N.toString(16)}` }],
    ['high-s', 's above half the order', { s: `0x${(HALF_ORDER + 1n).toString(16)}` }],
    ['high-s', 'the same signature turned over', turnedOver()],
    [
      'access-list',
      'too long a list',
      { accessList: Array(9).fill({ address: `0x${'01'.repeat(20)}`, storageKeys: [] }) },
    ],
    ['malformed', 'a number where text belongs', { nonce: 7 }],
    ['malformed', 'no gas', { gas: undefined }],
    ['malformed', 'a leading zero', { nonce: '0x07' }],
    ['too-large', 'endless calldata', { input: `0x${'00'.repeat(5_000)}` }],
  ] as const) {
    it(`refuses ${what} as ${reason}`, () => {
      assert.equal(withFields(changes), reason);
    });
  }

  it('refuses anything that is no transaction', () => {
    for (const json of [null, undefined, 0, '', 'x', [], [REAL.json], {}, true, Number.NaN]) {
      const examination = examine(json);
      assert.ok(!examination.ok, String(json));
      assert.equal(examination.reason, 'malformed');
    }
  });

  it('refuses the real transaction under another hash', () => {
    const examination = examine(REAL.json, new Uint8Array(32));
    assert.ok(!examination.ok);
    assert.equal(examination.reason, 'hash');
  });

  it('finds another signer, or none, at any flipped bit of what was signed', () => {
    const outcomes = new Set<string>();
    for (const field of [
      'nonce',
      'gas',
      'maxFeePerGas',
      'maxPriorityFeePerGas',
      'input',
      'r',
      's',
      'yParity',
    ]) {
      const text = String(REAL.json[field]);
      // The selector and this lock's address are checked above; the word's other bits are the order.
      const from = field === 'input' ? 2 + 8 + 40 : 2;
      for (let i = from; i < text.length; i++) {
        for (const bit of [1, 2, 4, 8]) {
          const digit = (Number.parseInt(text[i] ?? '0', 16) ^ bit).toString(16);
          const changed = `${text.slice(0, i)}${digit}${text.slice(i + 1)}`;
          const also = field === 'yParity' ? { v: changed } : {};
          const outcome = withFields({ [field]: changed, ...also });
          assert.notEqual(outcome, 'owner', `${field} ${changed}`);
          outcomes.add(outcome);
        }
      }
    }
    assert.ok(outcomes.has('nobody'));
  });
});

/** The other signature that elliptic curves give away with each one. */
function turnedOver(): Record<string, unknown> {
  const s = ORDER_N - BigInt(String(REAL.json['s']));
  const yParity = REAL.json['yParity'] === '0x0' ? '0x1' : '0x0';
  assert.equal(parseHex(`0x${s.toString(16).padStart(64, '0')}`, 32).length, 32);
  return { s: `0x${s.toString(16)}`, yParity, v: yParity };
}
