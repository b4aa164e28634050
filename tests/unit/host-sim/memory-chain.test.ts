import assert from 'node:assert/strict';
import { type Abi, encodeFunctionData, parseTransaction, recoverTransactionAddress } from 'viem';
import { LOCK_REGISTRY_ABI } from '../../../contracts/generated/lock-registry.js';
import { addressOf } from '../../../firmware/crypto/address.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { recoverSender } from '../../../firmware/crypto/sender.js';
import { concatBytes, readUint } from '../../../firmware/protocol/bytes.js';
import { registrationDigest } from '../../../firmware/protocol/eip712.js';
import { DecodeError } from '../../../firmware/protocol/errors.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { transactionFromRpc } from '../../../firmware/protocol/transaction.js';
import { chooseHostEngine } from '../../../host-sim/engines/host-engine.js';
import {
  type CallFields,
  rawTransaction,
  type Signer,
  signTransaction,
} from '../../../host-sim/world/chain-signer.js';
import { decodeRawTransaction } from '../../../host-sim/world/chain-transaction.js';
import { MemoryChain, type MemoryChainOptions } from '../../../host-sim/world/memory-chain.js';
import { PoolRefusal } from '../../../host-sim/world/mempool.js';
import { orderWord } from '../../contracts/words.js';

const engine = guardEngine(chooseHostEngine());
const ABI = LOCK_REGISTRY_ABI as Abi;
const REGISTRY = new Uint8Array(20).fill(0x11);
const START = 1_790_000_000;
const CHAIN_ID = 31_337n;
const OWNER = signer(1);
const OTHER = signer(2);
const DEVICE = signer(3);
const LOCK_ID = readUint(DEVICE.address20);
const TOPIC1 = `0x${LOCK_ID.toString(16).padStart(64, '0')}`;

describe('MemoryChain', () => {
  it('makes a block each time it is told to, where it has no interval', () => {
    const chain = newChain();
    chain.mine(START + 5);
    chain.mine(START + 5);
    assert.equal(chain.head, 2);
    assert.equal(chain.blockNumber(), '0x2');
    assert.equal(chain.timestampOf(2), START + 5);
    assert.throws(() => chain.mine(START + 4), RangeError);
    assert.throws(() => chain.timestampOf(3), RangeError);
  });

  it('makes the blocks that are due, where it has one', () => {
    const chain = newChain({ blockSeconds: 2.5 });
    chain.mine(START + 2);
    assert.equal(chain.head, 0);
    chain.mine(START + 10 * 86_400);
    assert.equal(chain.head, 345_600);
    assert.equal(chain.timestampOf(3), START + 7);
  });

  it('mines what waits in the first block due, and shows its logs and its place', () => {
    const chain = newChain({ blockSeconds: 10 });
    const hash = chain.submit(registration(chain));
    assert.deepEqual(chain.fateOf(hash), { kind: 'waiting' });
    assert.equal(chain.transactionByHash(hash)?.['blockNumber'], null);
    chain.mine(START + 100);
    assert.deepEqual(chain.fateOf(hash), { kind: 'mined', block: 1 });
    assert.equal(chain.transactionByHash(hash)?.['blockNumber'], '0x1');
    assert.deepEqual(blocksOf(chain), ['0x1', '0x1']);
    assert.equal(BigInt.asUintN(160, chain.lockState(LOCK_ID)), readUint(OWNER.address20));
  });

  it('shows transactions that a lock reads back to who signed them', () => {
    for (const type of [0, 1, 2] as const) {
      const chain = newChain();
      const accessList = type === 0 ? [] : [{ address: REGISTRY, storageKeys: [new Uint8Array(32).fill(1)] }];
      const hash = chain.submit(
        signTransaction(engine, OWNER, { ...fields(chain, order()), type, accessList }),
      );
      const read = transactionFromRpc(chain.transactionByHash(hash));
      assert.deepEqual(recoverSender(engine, read), OWNER.address20);
    }
  });

  it('mines a reverted transaction without a log, and serves it', () => {
    const chain = newChain();
    const hash = chain.submit(signed(chain, OWNER, order()));
    chain.mine(START + 1);
    assert.deepEqual(chain.fateOf(hash), { kind: 'reverted', block: 1, error: 'TokenDoesNotExist' });
    assert.equal(chain.transactionByHash(hash)?.['blockNumber'], '0x1');
    assert.deepEqual(blocksOf(chain), []);
    assert.equal(chain.nextNonce(OWNER.address20), 1n);
  });

  it('replaces a waiting transaction for ten percent more, and can still show the old one to a liar', () => {
    const chain = newChain();
    const old = chain.submit(signed(chain, OWNER, order(), { nonce: 0 }));
    const dearer = (maxFeePerGas: bigint, maxPriorityFeePerGas: bigint) =>
      signed(chain, OWNER, order(1), { nonce: 0, maxFeePerGas, maxPriorityFeePerGas });
    assert.throws(() => chain.submit(dearer(2_199_999_999n, 1_100_000_000n)), PoolRefusal);
    assert.throws(() => chain.submit(dearer(2_200_000_000n, 1_099_999_999n)), PoolRefusal);
    const young = chain.submit(dearer(2_200_000_000n, 1_100_000_000n));
    chain.mine(START + 1);
    assert.equal(chain.fateOf(young)?.kind, 'reverted');
    assert.deepEqual(chain.fateOf(old), { kind: 'dropped' });
    assert.equal(chain.transactionByHash(old), null);
    assert.equal(chain.recall(old)?.['hash'], old);
    assert.equal(chain.recall(`0x${'00'.repeat(32)}`), null);
  });

  it('never mines what it forgot', () => {
    const chain = newChain();
    const hash = chain.submit(registration(chain));
    assert.ok(chain.forget(hash));
    assert.ok(!chain.forget(hash));
    chain.mine(START + 1);
    assert.deepEqual(chain.fateOf(hash), { kind: 'dropped' });
    assert.equal(chain.waiting, 0);
  });

  it('refuses another chain, a nonce that is spent, and what it has', () => {
    const chain = newChain();
    const sent = registration(chain);
    chain.submit(sent);
    assert.throws(() => chain.submit(sent), /already known/);
    chain.mine(START + 1);
    assert.throws(() => chain.submit(sent), /nonce too low/);
    const elsewhere = signTransaction(engine, OWNER, { ...fields(chain, order()), chainId: 1n });
    assert.throws(() => chain.submit(elsewhere), /invalid chain id/);
  });

  it('keeps a transaction waiting while a nonce before it is missing, or the base fee is above its cap', () => {
    const chain = newChain();
    chain.submit(signed(chain, OTHER, order(), { nonce: 1 }));
    const poor = chain.submit(signed(chain, OWNER, order(), { maxFeePerGas: 5n, maxPriorityFeePerGas: 1n }));
    chain.setBaseFee(6n);
    chain.mine(START + 1);
    assert.equal(chain.waiting, 2);
    assert.equal(chain.nextNonce(OTHER.address20), 0n);
    chain.setBaseFee(5n);
    chain.mine(START + 2);
    assert.equal(chain.fateOf(poor)?.kind, 'reverted');
    assert.equal(chain.waiting, 1);
  });

  it('mines the best paid first, and no transaction before its forerunner', () => {
    const chain = newChain({ blockTransactionsMax: 2 });
    const tip = (maxPriorityFeePerGas: bigint, nonce: number) => ({ maxPriorityFeePerGas, nonce });
    const second = chain.submit(signed(chain, OWNER, order(), tip(900n, 1)));
    const first = chain.submit(signed(chain, OWNER, order(), tip(10n, 0)));
    const middle = chain.submit(signed(chain, OTHER, order(), tip(50n, 0)));
    chain.mine(START + 1);
    chain.mine(START + 2);
    const places = [middle, first, second].map((hash) => {
      const json = chain.transactionByHash(hash);
      return [json?.['blockNumber'], json?.['transactionIndex']];
    });
    assert.deepEqual(places, [
      ['0x1', '0x0'],
      ['0x1', '0x1'],
      ['0x2', '0x0'],
    ]);
  });

  describe('reorg', () => {
    it('mines again at the same heights under other hashes of blocks', () => {
      const chain = chainWithOrders();
      const before = { words: chain.lockState(LOCK_ID), blocks: blocksOf(chain), hashes: hashesOf(chain) };
      chain.reorg(3, 'keep');
      assert.equal(chain.head, 3);
      assert.equal(chain.lockState(LOCK_ID), before.words);
      assert.deepEqual(blocksOf(chain), before.blocks);
      assert.equal(hashesOf(chain).filter((hash) => before.hashes.includes(hash)).length, 0);
    });

    it('puts transactions back to wait, and mines them later', () => {
      const chain = chainWithOrders();
      const taken = chain.reorg(2, 'delay');
      assert.equal(taken.length, 2);
      assert.deepEqual(blocksOf(chain), ['0x1', '0x1']);
      assert.equal(seqOf(chain), 0n);
      assert.ok(taken.every((hash) => chain.transactionByHash(hash)?.['blockHash'] === null));
      chain.mine(START + 4);
      assert.deepEqual(blocksOf(chain), ['0x1', '0x1', '0x4', '0x4']);
      assert.equal(seqOf(chain), 2n);
    });

    it('drops transactions for good', () => {
      const chain = chainWithOrders();
      const taken = chain.reorg(1, 'drop');
      chain.mine(START + 9);
      assert.deepEqual(blocksOf(chain), ['0x1', '0x1', '0x2']);
      assert.ok(taken.every((hash) => chain.transactionByHash(hash) === null));
      assert.equal(chain.nextNonce(OWNER.address20), 2n);
    });

    it('takes the height back, and what lies above it to wait', () => {
      const chain = chainWithOrders();
      chain.reorg(3, 'keep', 1);
      assert.equal(chain.head, 2);
      assert.deepEqual(blocksOf(chain), ['0x1', '0x1', '0x2']);
      assert.equal(chain.waiting, 1);
      chain.mine(START + 8);
      assert.equal(chain.timestampOf(3), START + 8);
      assert.equal(seqOf(chain), 2n);
      assert.throws(() => chain.reorg(1, 'keep', 2), RangeError);
    });

    it('changes the order of senders, and so what is reverted', () => {
      const chain = newChain();
      chain.submit(registration(chain));
      chain.mine(START + 1);
      const approve = encodeFunctionData({
        abi: ABI,
        functionName: 'approve',
        args: [formatHex(OTHER.address20), LOCK_ID],
      });
      const args = [formatHex(OWNER.address20), formatHex(OTHER.address20), LOCK_ID];
      const move = encodeFunctionData({ abi: ABI, functionName: 'transferFrom', args });
      const approval = chain.submit(signed(chain, OWNER, parseHex(approve)));
      const sale = chain.submit(signed(chain, OTHER, parseHex(move)));
      chain.mine(START + 2);
      assert.deepEqual(chain.fateOf(sale), { kind: 'mined', block: 2 });
      chain.reorg(1, 'reorder');
      assert.deepEqual(chain.fateOf(sale), { kind: 'reverted', block: 2, error: 'NotOwnerNorApproved' });
      assert.deepEqual(chain.fateOf(approval), { kind: 'mined', block: 2 });
      assert.equal(BigInt.asUintN(160, chain.lockState(LOCK_ID)), readUint(OWNER.address20));
    });

    it('leaves the same state as a chain that never had those blocks', () => {
      const [one, two] = [chainWithOrders(), newChain()];
      one.reorg(3, 'drop', 3);
      for (const chain of [one, two]) {
        chain.submit(registration(chain));
        chain.mine(START + 20);
      }
      assert.equal(one.lockState(LOCK_ID), two.lockState(LOCK_ID));
      assert.deepEqual(blocksOf(one), blocksOf(two));
      assert.equal(one.nextNonce(OWNER.address20), 1n);
    });
  });
});

describe('decodeRawTransaction', () => {
  const chain = newChain();

  it('reads back what was signed, and so does viem', async () => {
    for (const type of [0, 1, 2] as const) {
      const accessList = type === 0 ? [] : [{ address: REGISTRY, storageKeys: [new Uint8Array(32).fill(1)] }];
      const sent = signTransaction(engine, OWNER, { ...fields(chain, order()), type, accessList, value: 5n });
      const raw = rawTransaction(sent);
      assert.deepEqual(decodeRawTransaction(raw), sent.transaction);
      const serializedTransaction = formatHex(raw) as never;
      const from = await recoverTransactionAddress({ serializedTransaction });
      assert.equal(from.toLowerCase(), sent.from);
      assert.equal(parseTransaction(serializedTransaction).value, 5n);
    }
  });

  it('gives the same hash in each run', () => {
    const [one, two] = [signed(chain, OWNER, order()), signed(chain, OWNER, order())];
    assert.equal(one.hash, two.hash);
    assert.equal(chain.submit(rawTransaction(one)), one.hash);
  });

  it('refuses every truncation', () => {
    for (const type of [0, 2] as const) {
      const raw = rawTransaction(signTransaction(engine, OWNER, { ...fields(chain, order()), type }));
      for (let end = 0; end < raw.length; end++)
        assert.throws(() => decodeRawTransaction(raw.slice(0, end)), DecodeError);
    }
  });

  it('refuses other types', () => {
    assert.throws(() => decodeRawTransaction(Uint8Array.of(3, 0xc0)), DecodeError);
  });
});

function newChain(options: Partial<MemoryChainOptions> = {}): MemoryChain {
  return new MemoryChain({
    chainId: CHAIN_ID,
    registry20: REGISTRY,
    startSeconds: START,
    engine,
    ...options,
  });
}

/** A lock registered in block 1, and an order each in blocks 2 and 3. */
function chainWithOrders(): MemoryChain {
  const chain = newChain();
  chain.submit(registration(chain));
  chain.mine(START + 1);
  for (const second of [2, 3]) {
    chain.submit(signed(chain, OWNER, order(second)));
    chain.mine(START + second);
  }
  assert.equal(seqOf(chain), 2n);
  return chain;
}

function registration(chain: MemoryChain) {
  const deadline = START + 600;
  const consent = { lock: DEVICE.address20, owner: OWNER.address20, deadline };
  const domain = { chainId: CHAIN_ID, registry20: REGISTRY };
  const { signature64, recoveryId } = engine.signRecoverable(
    registrationDigest(engine.keccak256, domain, consent),
    DEVICE.key32,
  );
  const signature = formatHex(concatBytes(signature64, Uint8Array.of(27 + recoveryId)));
  const args = [formatHex(DEVICE.address20), deadline, signature];
  return signed(chain, OWNER, parseHex(encodeFunctionData({ abi: ABI, functionName: 'register', args })));
}

function order(salt = 0): Uint8Array {
  const word = orderWord({ lockId: LOCK_ID, epoch: 1, notAfter: START + 300, action: 2, challenge: salt });
  return parseHex(encodeFunctionData({ abi: ABI, functionName: 'command', args: [word] }));
}

function signed(chain: MemoryChain, by: Signer, data: Uint8Array, more: Partial<CallFields> = {}) {
  const nonce = chain.nextNonce(by.address20);
  return signTransaction(engine, by, { ...fields(chain, data), nonce, ...more });
}

function fields(chain: MemoryChain, data: Uint8Array): CallFields {
  return { chainId: chain.chainId, to20: REGISTRY, data, nonce: 0 };
}

function blocksOf(chain: MemoryChain): readonly string[] {
  return logsOf(chain).map(({ blockNumber }) => blockNumber);
}

function hashesOf(chain: MemoryChain): readonly string[] {
  return logsOf(chain).map(({ blockHash }) => blockHash);
}

function logsOf(chain: MemoryChain) {
  return chain.logs({ topics: [null, [TOPIC1]], fromBlock: 0, toBlock: chain.head });
}

function seqOf(chain: MemoryChain): bigint {
  return BigInt.asUintN(32, chain.lockState(LOCK_ID) >> 208n);
}

function signer(seed: number): Signer {
  const key32 = new Uint8Array(32).fill(seed);
  return { key32, address20: addressOf(engine, engine.publicKey(key32)) };
}
