import { addressOf } from '../../firmware/crypto/address.js';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { encodeCommandCall } from '../../firmware/protocol/command.js';
import { formatHex, formatQuantity } from '../../firmware/protocol/hex.js';
import { TOPIC } from '../../firmware/protocol/lock-registry.js';
import { signedPayload, signingPayload, type Transaction } from '../../firmware/protocol/transaction.js';

export interface VirtualChain {
  readonly chainId: bigint;
  readonly registry20: Uint8Array;
  readonly lock20: Uint8Array;
  readonly ownerKey32: Uint8Array;
}

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

interface Mined {
  readonly block: number;
  readonly hash: string;
  readonly log: Record<string, unknown>;
  readonly json: Record<string, unknown>;
}

/** An honest node of a chain in memory, whose answers have the fields and lengths of a real one's. */
export class VirtualNode {
  readonly #chain: VirtualChain;
  readonly #engine: CryptoEngine;
  readonly #mined: Mined[] = [];
  head: number;

  constructor(engine: CryptoEngine, chain: VirtualChain, head: number) {
    this.#engine = engine;
    this.#chain = chain;
    this.head = head;
  }

  /** Mines an order of the owner's in the next block. */
  mine(action: number, notAfterSeconds: number): void {
    const { chainId, registry20, lock20, ownerKey32 } = this.#chain;
    const order = { lock: lock20, challenge4: new Uint8Array(4), epoch: 1, notAfterSeconds, action };
    const fees = { gasLimit: 60_000n, maxPriorityFeePerGas: 10n ** 9n, maxFeePerGas: 2n * 10n ** 9n };
    const transaction: Transaction = {
      ...{ type: 2, chainId, nonce: BigInt(this.#mined.length), ...fees },
      ...{ to: registry20, value: 0n, data: encodeCommandCall(order), accessList: [] },
    };
    const digest32 = this.#engine.keccak256(signingPayload(transaction));
    const { signature64, recoveryId } = this.#engine.signRecoverable(digest32, ownerKey32);
    const [r, s] = [signature64.slice(0, 32), signature64.slice(32)];
    const signed = signedPayload({ ...transaction, r, s, yParity: recoveryId });
    const owner20 = addressOf(this.#engine, this.#engine.publicKey(ownerKey32));
    const block = ++this.head;
    const where = {
      blockHash: formatHex(digest32),
      blockNumber: formatQuantity(block),
      transactionIndex: '0x0',
    };
    const hash = formatHex(this.#engine.keccak256(signed));
    this.#mined.push({
      block,
      hash,
      log: {
        address: formatHex(registry20),
        topics: [TOPIC.commanded, `0x${formatHex(lock20).slice(2).padStart(64, '0')}`],
        data: formatHex(new Uint8Array(32)),
        ...where,
        ...{ transactionHash: hash, logIndex: '0x0', removed: false },
      },
      json: {
        ...{ type: '0x2', chainId: formatQuantity(chainId), nonce: formatQuantity(transaction.nonce) },
        ...{ gas: formatQuantity(fees.gasLimit), gasPrice: formatQuantity(fees.maxFeePerGas) },
        maxPriorityFeePerGas: formatQuantity(fees.maxPriorityFeePerGas),
        maxFeePerGas: formatQuantity(fees.maxFeePerGas),
        ...{ to: formatHex(registry20), value: '0x0', input: formatHex(transaction.data), accessList: [] },
        ...{ r: formatQuantity(BigInt(formatHex(r))), s: formatQuantity(BigInt(formatHex(s))) },
        ...{ yParity: formatQuantity(recoveryId), v: formatQuantity(recoveryId) },
        ...{ hash, from: formatHex(owner20), ...where },
      },
    });
  }

  /** The body of the answer to a call or a batch. */
  answer(body: Uint8Array): Uint8Array {
    const asked = JSON.parse(Buffer.from(body).toString()) as Call | readonly Call[];
    const one = ({ id, method, params }: Call) => ({
      ...{ jsonrpc: '2.0', id },
      result: this.#resultOf(method, params),
    });
    return Buffer.from(JSON.stringify(Array.isArray(asked) ? asked.map(one) : one(asked as Call)));
  }

  #resultOf(method: string, params: readonly unknown[]): unknown {
    if (method === 'eth_blockNumber') return formatQuantity(this.head);
    if (method === 'eth_getTransactionByHash') {
      return this.#mined.find(({ hash }) => hash === params[0])?.json ?? null;
    }
    const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock?: string };
    const to = toBlock === undefined || toBlock === 'latest' ? this.head : Number(toBlock);
    return this.#mined.filter(({ block }) => block >= Number(fromBlock) && block <= to).map(({ log }) => log);
  }
}
