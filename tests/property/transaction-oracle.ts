import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { type Hex, keccak256, serializeTransaction } from 'viem';
import { privateKeyToAddress, sign } from 'viem/accounts';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { recoverSender, transactionHash } from '../../firmware/crypto/sender.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { signingPayload, transactionFromRpc } from '../../firmware/protocol/transaction.js';

/** One share of the work: `count` transactions of one type from one seed. */
export interface OracleShare {
  readonly type: 0 | 1 | 2;
  readonly seed: string;
  readonly count: number;
}

const KEYS = 64;

/**
 * Signs random transactions with viem, hands their JSON to the lock's reader, and compares the signing hash, the
 * transaction hash and the recovered sender of every one with viem's.
 * @returns how many were compared
 */
export async function compareWithViem({ type, seed, count }: OracleShare): Promise<number> {
  const engine = guardEngine(createNobleEngine());
  const keys = Array.from({ length: KEYS }, (_, i) => randomOf(`${seed} key ${i}`).hex(32));
  const accounts = keys.map((key) => ({ key, address: privateKeyToAddress(key).toLowerCase() }));
  let compared = 0;
  for (let i = 0; i < count; i++) {
    const label = `type ${type}, ${seed}, number ${i}`;
    const account = accounts[i % KEYS];
    assert.ok(account !== undefined);
    const unsigned = randomTransaction(type, randomOf(label));
    const hash = keccak256(serializeTransaction(unsigned));
    const signature = await sign({ hash, privateKey: account.key });
    const transaction = transactionFromRpc(rpcJson(type, unsigned, signature, i));
    assert.equal(formatHex(engine.keccak256(signingPayload(transaction))), hash, label);
    const signed = serializeTransaction(unsigned, signature);
    assert.equal(formatHex(transactionHash(engine, transaction)), keccak256(signed), label);
    assert.equal(formatHex(recoverSender(engine, transaction)), account.address, label);
    compared++;
  }
  return compared;
}

type Unsigned = Parameters<typeof serializeTransaction>[0] & {
  readonly to: Hex;
  readonly data: Hex;
  readonly nonce: number;
  readonly gas: bigint;
  readonly chainId: number;
};
interface ViemSignature {
  readonly r: Hex;
  readonly s: Hex;
  readonly yParity?: number | undefined;
}

function randomTransaction(type: 0 | 1 | 2, random: Random): Unsigned {
  const common = {
    chainId: random.pick([1, 4_689, 4_690, 31_337, 11_155_111, 1 + random.below(2 ** 45)]),
    nonce: random.pick([0, 1, 127, 128, 255, 256, random.below(2 ** 45)]),
    gas: random.pick([0n, 21_000n, 127n, 128n, BigInt(random.below(2 ** 45))]),
    to: random.hex(20),
    value: 0n,
    // The lengths of our calls, the edges of RLP's length forms, and anything to 300 bytes.
    data: random.hex(random.pick([0, 1, 36, 55, 56, 100, 255, 256, 3_268, random.below(300)])),
  };
  const fee = () => random.pick([0n, 1n, 127n, 128n, BigInt(random.below(2 ** 45)), BigInt(random.hex(16))]);
  const accessList = Array.from({ length: random.below(9) }, () => ({
    address: random.hex(20),
    storageKeys: [] as Hex[],
  }));
  for (let left = accessList.length === 0 ? 0 : random.below(9); left > 0; left--) {
    accessList[random.below(accessList.length)]?.storageKeys.push(random.hex(32));
  }
  if (type === 0) return { ...common, type: 'legacy', gasPrice: fee() };
  if (type === 1) return { ...common, type: 'eip2930', gasPrice: fee(), accessList };
  const [tip, ceiling] = [fee(), fee()].sort((a, b) => (a < b ? -1 : 1));
  return {
    ...common,
    type: 'eip1559',
    maxPriorityFeePerGas: tip ?? 0n,
    maxFeePerGas: ceiling ?? 0n,
    accessList,
  };
}

/** The JSON of a node, in the spellings that nodes differ in. */
function rpcJson(type: 0 | 1 | 2, unsigned: Unsigned, signature: ViemSignature, i: number): unknown {
  const quantity = (value: bigint | number | undefined) => `0x${BigInt(value ?? 0).toString(16)}`;
  const parity = signature.yParity ?? 0;
  const isTrimmed = i % 2 === 0;
  const fields = unsigned as Unsigned & Readonly<Record<string, unknown>>;
  const json: Record<string, unknown> = {
    type: quantity(type),
    hash: `0x${'00'.repeat(32)}`,
    from: `0x${'00'.repeat(20)}`,
    nonce: quantity(unsigned.nonce),
    gas: quantity(unsigned.gas),
    to: unsigned.to,
    value: '0x0',
    r: isTrimmed ? quantity(BigInt(signature.r)) : signature.r,
    s: isTrimmed ? quantity(BigInt(signature.s)) : signature.s,
    [i % 3 === 0 ? 'data' : 'input']: unsigned.data,
  };
  if (type === 0) {
    const protection = { v: quantity(35n + 2n * BigInt(unsigned.chainId) + BigInt(parity)) };
    const named = i % 5 === 0 ? {} : { chainId: quantity(unsigned.chainId) };
    return { ...json, ...protection, ...named, gasPrice: quantity(fields['gasPrice'] as bigint) };
  }
  json['chainId'] = quantity(unsigned.chainId);
  json['accessList'] = fields['accessList'];
  if (i % 5 !== 0) json['v'] = quantity(parity);
  if (i % 5 !== 1) json['yParity'] = quantity(parity);
  if (type === 1) return { ...json, gasPrice: quantity(fields['gasPrice'] as bigint) };
  return {
    ...json,
    gasPrice: quantity(7n),
    maxFeePerGas: quantity(fields['maxFeePerGas'] as bigint),
    maxPriorityFeePerGas: quantity(fields['maxPriorityFeePerGas'] as bigint),
  };
}

interface Random {
  below(limit: number): number;
  hex(bytes: number): Hex;
  pick<T>(choices: readonly [T, ...T[]]): T;
}

/** SHA-256 in counter mode: the label alone makes a failure again. */
function randomOf(label: string): Random {
  let counter = 0;
  let pool = Buffer.alloc(0);
  const take = (bytes: number): Buffer => {
    while (pool.length < bytes) {
      pool = Buffer.concat([pool, createHash('sha256').update(`${label} ${counter++}`).digest()]);
    }
    const taken = pool.subarray(0, bytes);
    pool = pool.subarray(bytes);
    return taken;
  };
  const below = (limit: number) => take(6).readUIntBE(0, 6) % limit;
  return {
    below,
    hex: (bytes) => `0x${take(bytes).toString('hex')}`,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
  };
}

if (parentPort !== null) {
  const share = workerData as OracleShare;
  parentPort.postMessage(await compareWithViem(share));
}
