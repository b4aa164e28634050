import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { encodeCommandCall, encodeGrantCall, encodeHandoverCall } from '../../firmware/protocol/command.js';
import { formatHex, formatQuantity } from '../../firmware/protocol/hex.js';
import { ACTION, type Order } from '../../firmware/protocol/order.js';
import { FOR_EVER_SECONDS } from '../../firmware/protocol/terms.js';
import { type CallFields, type Signer, signTransaction } from './chain-signer.js';
import { type RpcTransactionJson, transactionToRpc } from './chain-transaction.js';
import { LIES, type LieName } from './lies.js';
import type { Prng } from './prng.js';

/** What a forger aims at. Addresses have 20 bytes. */
export interface ForgeTarget {
  readonly chainId: bigint;
  readonly registry20: Uint8Array;
  readonly lock20: Uint8Array;
  readonly owner20: Uint8Array;
  readonly epoch: number;
}

/** A forged transaction; `null` where the node says that it knows none. */
export interface SimForgery {
  readonly hash: string;
  readonly json: RpcTransactionJson | null;
}

/** The lies that a thief without the owner's key can tell by a transaction. */
export const FORGED_LIES: readonly LieName[] = Object.freeze(
  (Object.keys(LIES) as LieName[]).filter(
    (name) => LIES[name].kind === 'transaction' && !LIES[name].needsOwnerKey && name !== 'replay',
  ),
);

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** Forges transactions as `forgeTransaction` does for a node behind HTTP, but at once, and from a seed. */
export class Forger {
  readonly #engine: CryptoEngine;
  readonly #prng: Prng;
  readonly #thief: Signer;

  /** @param thief - whose key it is, never granted anything */
  constructor(engine: CryptoEngine, prng: Prng, thief: Signer) {
    this.#engine = engine;
    this.#prng = prng;
    this.#thief = thief;
  }

  /**
   * Builds the transaction of one lie, each time another.
   * @param real - a transaction that is on the chain, for the twin of its signature
   */
  forge(name: LieName, target: ForgeTarget, nowSeconds: number, real?: RpcTransactionJson): SimForgery {
    const order = {
      lock: target.lock20,
      challenge4: new Uint8Array(4),
      epoch: target.epoch,
      notAfterSeconds: nowSeconds + 240,
      action: ACTION.unlock,
    };
    const change = this.#changeOf(name, target, order, nowSeconds);
    if (change !== undefined) return this.#signed(target, order, change);
    const base = this.#signed(target, order, {});
    const with_ = (fields: RpcTransactionJson) => ({ hash: base.hash, json: { ...base.json, ...fields } });
    switch (name) {
      case 'forged-sender':
        return with_({ from: formatHex(target.owner20) });
      case 'junk-signature':
        return with_({ r: '0x5', s: formatQuantity(1 + this.#prng.between(1, 1_000_000)) });
      case 'r-out-of-range':
        return with_({ r: formatQuantity(CURVE_ORDER) });
      case 'zero-s':
        return with_({ s: '0x0' });
      case 'high-s':
        return highTwin(real === undefined ? base : { hash: String(real['hash']), json: real });
      case 'contract-creation':
        return with_({ to: null });
      case 'unprotected':
        return with_({ type: '0x0', v: '0x1b', chainId: undefined });
      case 'blob-transaction':
        return with_({ type: '0x3', maxFeePerBlobGas: '0x1', blobVersionedHashes: [] });
      case 'disagreeing-fields':
        return with_({ data: formatHex(encodeCommandCall({ ...order, action: ACTION.lock })) });
      case 'missing-fields':
        return with_({ r: undefined });
      case 'odd-hex':
        return with_({ input: String(base.json?.['input']).slice(0, -1) });
      case 'other-transaction':
        return { hash: formatHex(this.#prng.bytes(32)), json: base.json };
      case 'vanishing-transaction':
        return { hash: formatHex(this.#prng.bytes(32)), json: null };
      default:
        return base;
    }
  }

  /** How the call differs from a stranger's unlock, where all of it is signed. */
  #changeOf(
    name: LieName,
    { chainId, lock20, epoch }: ForgeTarget,
    order: Order,
    nowSeconds: number,
  ): Partial<CallFields> | undefined {
    const thief20 = this.#thief.address20;
    switch (name) {
      case 'stranger-order':
        return {};
      case 'stranger-grant':
        return { data: encodeGrantCall(lock20, thief20, ownTerms(epoch, nowSeconds)) };
      case 'stranger-handover':
        return {
          data: encodeHandoverCall(lock20, thief20, {
            epoch,
            newEpoch: epoch + 1,
            notAfterSeconds: nowSeconds + 86_400,
          }),
        };
      case 'other-chain':
        return { chainId: chainId + 1n };
      case 'other-registry':
        return { to20: this.#prng.bytes(20) };
      case 'other-lock':
        return { data: encodeCommandCall({ ...order, lock: this.#prng.bytes(20) }) };
      case 'other-selector':
        return { data: Uint8Array.of(0xde, 0xad, 0xbe, 0xef, ...encodeCommandCall(order).subarray(4)) };
      case 'trailing-calldata':
        return { data: Uint8Array.of(...encodeCommandCall(order), 0) };
      case 'with-value':
        return { value: 1n };
      case 'long-access-list':
        return {
          accessList: Array.from({ length: 9 }, () => ({ address: lock20, storageKeys: [] })),
        };
      default:
        return undefined;
    }
  }

  #signed(target: ForgeTarget, order: Order, change: Partial<CallFields>) {
    const sent = signTransaction(this.#engine, this.#thief, {
      chainId: target.chainId,
      to20: target.registry20,
      data: encodeCommandCall(order),
      nonce: this.#prng.between(0, 1_000_000),
      ...change,
    });
    return { hash: sent.hash as string, json: transactionToRpc(sent, null, 1n) };
  }
}

function ownTerms(epoch: number, nowSeconds: number) {
  return {
    notBeforeSeconds: 0,
    notAfterSeconds: FOR_EVER_SECONDS,
    rights: 3,
    weekdays: 0,
    dayStartMinutes: 0,
    dayEndMinutes: 0,
    uses: 0,
    epoch,
    serial: nowSeconds,
  };
}

/** (r, n - s) with the other parity verifies as well; the twin is shown under the hash of the real one. */
function highTwin({ hash, json }: { readonly hash: string; readonly json: RpcTransactionJson }): SimForgery {
  const s = formatQuantity(CURVE_ORDER - BigInt(String(json['s'])));
  const parity = BigInt(String(json['yParity'] ?? '0x0')) === 0n ? '0x1' : '0x0';
  return { hash, json: { ...json, s, yParity: parity, v: parity } };
}
