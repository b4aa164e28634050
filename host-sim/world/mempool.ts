import { type AddressHex, type ChainTransaction, feeCap, pricePerGas, tipCap } from './chain-transaction.js';

/** A node does not take a transaction; the message is what nodes say. */
export class PoolRefusal extends Error {}

interface Waiting {
  readonly sent: ChainTransaction;
  readonly arrival: number;
}

interface Candidate extends Waiting {
  /** What the sender's transactions up to this one offer at least: none goes before its forerunner. */
  readonly tip: bigint;
  readonly order: number;
}

/** A replacement must offer this much more, percent of both fees. @see geth, `PriceBump` */
const PRICE_BUMP_PERCENT = 10n;

/** Transactions that wait for a block: by nonce within a sender, by fee between senders. */
export class Mempool {
  readonly #senders = new Map<AddressHex, Map<bigint, Waiting>>();
  #arrivals = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Takes a transaction in.
   * @returns the one of the same sender and nonce that it replaces, if any
   * @throws PoolRefusal where it offers too little more than that one
   */
  add(sent: ChainTransaction): ChainTransaction | undefined {
    const nonces = this.#senders.get(sent.from) ?? new Map<bigint, Waiting>();
    const before = nonces.get(sent.transaction.nonce)?.sent;
    if (before !== undefined && before.hash !== sent.hash && !outbids(sent, before))
      throw new PoolRefusal('replacement transaction underpriced');
    if (before?.hash === sent.hash) throw new PoolRefusal('already known');
    if (before === undefined) this.#size++;
    nonces.set(sent.transaction.nonce, { sent, arrival: this.#arrivals++ });
    this.#senders.set(sent.from, nonces);
    return before;
  }

  /** Forgets one, as a node does that is restarted or full. */
  remove(sent: ChainTransaction): void {
    const nonces = this.#senders.get(sent.from);
    if (nonces?.get(sent.transaction.nonce)?.sent.hash !== sent.hash) return;
    nonces.delete(sent.transaction.nonce);
    this.#size--;
    if (nonces.size === 0) this.#senders.delete(sent.from);
  }

  /** @returns the first nonce from `mined` on that waits for nothing */
  nextNonce(from: AddressHex, mined: bigint): bigint {
    const nonces = this.#senders.get(from);
    let next = mined;
    while (nonces?.has(next)) next++;
    return next;
  }

  /**
   * Takes out what a block has room for, best paid first.
   * @param nonceOf - how many transactions of a sender are mined
   */
  take(
    baseFeePerGas: bigint,
    countMax: number,
    nonceOf: (from: AddressHex) => bigint,
  ): readonly ChainTransaction[] {
    if (this.#size === 0) return [];
    const candidates: Candidate[] = [];
    for (const [from, nonces] of this.#senders) {
      let tip: bigint | undefined;
      let order = 0;
      for (let nonce = nonceOf(from); ; nonce++) {
        const waiting = nonces.get(nonce);
        if (waiting === undefined || feeCap(waiting.sent.transaction) < baseFeePerGas) break;
        const own = pricePerGas(waiting.sent.transaction, baseFeePerGas) - baseFeePerGas;
        tip = tip === undefined || own < tip ? own : tip;
        order = Math.max(order, waiting.arrival);
        candidates.push({ ...waiting, tip, order });
      }
    }
    candidates.sort(byFee);
    const taken = candidates.slice(0, countMax).map(({ sent }) => sent);
    for (const sent of taken) this.remove(sent);
    return taken;
  }
}

function outbids(one: ChainTransaction, before: ChainTransaction): boolean {
  const bumped = (fee: bigint) => (fee * (100n + PRICE_BUMP_PERCENT) + 99n) / 100n;
  return (
    feeCap(one.transaction) >= bumped(feeCap(before.transaction)) &&
    tipCap(one.transaction) >= bumped(tipCap(before.transaction))
  );
}

function byFee(a: Candidate, b: Candidate): number {
  if (a.tip !== b.tip) return a.tip > b.tip ? -1 : 1;
  if (a.order !== b.order) return a.order - b.order;
  return Number(a.sent.transaction.nonce - b.sent.transaction.nonce);
}
