import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { formatHex, formatQuantity } from '../../firmware/protocol/hex.js';
import { signedPayload, signingPayload, type Transaction } from '../../firmware/protocol/transaction.js';
import { chooseHostEngine } from '../../host-sim/engines/host-engine.js';
import { CHAIN_ID, type Mined, type Person, REGISTRY } from '../unit/lock/signer.js';

/** For stories with more signatures than the engine in TypeScript should have to make. */
export const FAST = guardEngine(chooseHostEngine());

export interface TypedCall {
  readonly nonce: number | bigint;
  readonly type?: 0 | 1 | 2;
  readonly chainId?: bigint;
  readonly to?: Uint8Array;
}

/** Signs a registry call as a transaction of any type that a lock reads. */
export function signTyped(by: Person, data: Uint8Array, call: TypedCall): Pick<Mined, 'hash' | 'json'> {
  const { nonce, type = 2, chainId = CHAIN_ID, to = REGISTRY } = call;
  const transaction = transactionOf(type, { chainId, nonce: BigInt(nonce), to, data });
  const digest32 = FAST.keccak256(signingPayload(transaction));
  const { signature64, recoveryId: yParity } = FAST.signRecoverable(digest32, by.key);
  const [r, s] = [signature64.slice(0, 32), signature64.slice(32)];
  const hash = FAST.keccak256(signedPayload({ ...transaction, r, s, yParity }));
  const quantity = (bytes: Uint8Array) => formatQuantity(BigInt(formatHex(bytes)));
  const json: Record<string, unknown> = {
    type: formatQuantity(type),
    nonce: formatQuantity(nonce),
    gas: formatQuantity(60_000),
    to: formatHex(to),
    value: '0x0',
    input: formatHex(data),
    r: quantity(r),
    s: quantity(s),
    hash: formatHex(hash),
    from: formatHex(by.address),
  };
  if (type === 0)
    return {
      hash,
      json: { ...json, gasPrice: '0x2', v: formatQuantity(35n + 2n * chainId + BigInt(yParity)) },
    };
  const shared = {
    ...json,
    chainId: formatQuantity(chainId),
    accessList: [],
    yParity: formatQuantity(yParity),
    v: formatQuantity(yParity),
  };
  const fees =
    type === 1 ? { gasPrice: '0x2' } : { gasPrice: '0x2', maxFeePerGas: '0x2', maxPriorityFeePerGas: '0x1' };
  return { hash, json: { ...shared, ...fees } };
}

function transactionOf(
  type: 0 | 1 | 2,
  fields: Pick<Transaction, 'chainId' | 'nonce' | 'to' | 'data'>,
): Transaction {
  const whole = { ...fields, gasLimit: 60_000n, value: 0n };
  switch (type) {
    case 0:
      return { type, ...whole, gasPrice: 2n };
    case 1:
      return { type, ...whole, gasPrice: 2n, accessList: [] };
    case 2:
      return { type, ...whole, maxFeePerGas: 2n, maxPriorityFeePerGas: 1n, accessList: [] };
  }
}
