import type { SignedTransaction } from '../../firmware/protocol/transaction.js';
import { hexToBytes, readChainVectors } from './chain-vectors.js';

/** One signed transaction of `transactions.json`; hex has no 0x. */
export interface TransactionVector {
  readonly name: string;
  readonly type: 0 | 1 | 2;
  readonly chainId: number;
  readonly nonce: number;
  readonly gasPrice?: number;
  readonly maxPriorityFeePerGas?: number;
  readonly maxFeePerGas?: number;
  readonly gas: number;
  readonly to: string;
  readonly value: string;
  readonly data: string;
  readonly accessList?: readonly { readonly address: string; readonly storageKeys: readonly string[] }[];
  readonly yParity: 0 | 1;
  readonly r: string;
  readonly s: string;
  readonly signing?: string;
  readonly signingHash?: string;
  readonly signed?: string;
  readonly sender?: string;
  readonly secretKey?: string;
}

export function transactionVectors(): readonly TransactionVector[] {
  return readChainVectors<{ readonly transactions: readonly TransactionVector[] }>('transactions.json')
    .transactions;
}

export function transactionOf(vector: TransactionVector): SignedTransaction {
  const fields = {
    chainId: BigInt(vector.chainId),
    nonce: BigInt(vector.nonce),
    gasLimit: BigInt(vector.gas),
    to: hexToBytes(vector.to),
    value: BigInt(vector.value),
    data: hexToBytes(vector.data),
    r: hexToBytes(vector.r),
    s: hexToBytes(vector.s),
    yParity: vector.yParity,
  };
  const gasPrice = BigInt(vector.gasPrice ?? 0);
  const accessList = (vector.accessList ?? []).map((entry) => ({
    address: hexToBytes(entry.address),
    storageKeys: entry.storageKeys.map(hexToBytes),
  }));
  if (vector.type === 0) return { type: 0, ...fields, gasPrice };
  if (vector.type === 1) return { type: 1, ...fields, gasPrice, accessList };
  return {
    type: 2,
    ...fields,
    maxPriorityFeePerGas: BigInt(vector.maxPriorityFeePerGas ?? 0),
    maxFeePerGas: BigInt(vector.maxFeePerGas ?? 0),
    accessList,
  };
}
