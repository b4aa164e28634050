import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import {
  type AccessListEntry,
  signedPayload,
  signingPayload,
  type Transaction,
} from '../../firmware/protocol/transaction.js';
import { type ChainTransaction, chainTransaction } from './chain-transaction.js';

/** Somebody of a world who signs. */
export interface Signer {
  readonly key32: Uint8Array;
  readonly address20: Uint8Array;
}

/** A transaction before it is signed; what is left out is as a wallet of today has it. */
export interface CallFields {
  readonly chainId: bigint;
  /** 20-byte address, of the registry as a rule. */
  readonly to20: Uint8Array;
  readonly data: Uint8Array;
  readonly nonce: number | bigint;
  /** 2 where absent. */
  readonly type?: 0 | 1 | 2;
  readonly gasLimit?: bigint;
  /** Wei a gas at most; the price where the type has one alone. */
  readonly maxFeePerGas?: bigint;
  readonly maxPriorityFeePerGas?: bigint;
  readonly value?: bigint;
  readonly accessList?: readonly AccessListEntry[];
}

/** What wallets pay where nothing is said, wei a gas. */
export const FEE_CAP = 2_000_000_000n;
export const TIP_CAP = 1_000_000_000n;

/** Signs a transaction as a wallet would, with a nonce of RFC 6979: the same fields give the same hash in each run. */
export function signTransaction(engine: CryptoEngine, signer: Signer, fields: CallFields): ChainTransaction {
  const transaction = transactionOf(fields);
  const digest32 = engine.keccak256(signingPayload(transaction));
  const { signature64, recoveryId } = engine.signRecoverable(digest32, signer.key32);
  const signed = {
    ...transaction,
    r: signature64.slice(0, 32),
    s: signature64.slice(32),
    yParity: recoveryId,
  };
  return chainTransaction(engine, signed, signer.address20);
}

/** The bytes that a wallet sends to a node. */
export function rawTransaction({ transaction }: ChainTransaction): Uint8Array {
  return signedPayload(transaction);
}

function transactionOf(fields: CallFields): Transaction {
  const { type = 2, maxFeePerGas = FEE_CAP, maxPriorityFeePerGas = TIP_CAP, accessList = [] } = fields;
  const common = {
    chainId: fields.chainId,
    nonce: BigInt(fields.nonce),
    gasLimit: fields.gasLimit ?? 60_000n,
    to: fields.to20,
    value: fields.value ?? 0n,
    data: fields.data,
  };
  if (type === 0) return { type, ...common, gasPrice: maxFeePerGas };
  if (type === 1) return { type, ...common, gasPrice: maxFeePerGas, accessList };
  return { type, ...common, maxFeePerGas, maxPriorityFeePerGas, accessList };
}
