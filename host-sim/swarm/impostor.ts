import { transactionHash } from '../../firmware/crypto/sender.js';
import { concatBytes, writeUint } from '../../firmware/protocol/bytes.js';
import {
  encodeCommandCall,
  encodeCommandManyCall,
  encodeGrantCall,
  encodeHandoverCall,
} from '../../firmware/protocol/command.js';
import { formatHex, formatQuantity, parseHex } from '../../firmware/protocol/hex.js';
import { TOPIC } from '../../firmware/protocol/lock-registry.js';
import { ACTION, type Order } from '../../firmware/protocol/order.js';
import { FOR_EVER_SECONDS } from '../../firmware/protocol/terms.js';
import { type CallFields, type Signer, signTransaction } from '../world/chain-signer.js';
import { transactionToRpc } from '../world/chain-transaction.js';
import { type Rumour, topicOf } from '../world/hostile-node.js';
import type { Prng } from '../world/prng.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';
import { Pen } from './pen.js';

const TRICKS_PER_HOUR = 8;
const WHISPER_MS = 300_000;
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** What the owner signed for something else. */
const ELSEWHERE = Object.freeze([
  'chain',
  'registry',
  'lock',
  'many',
  'selector',
  'calldata',
  'value',
  'action',
] as const);
/** What somebody signed who may not, or for an epoch that is none. */
const OVERREACHES = Object.freeze(['guest-grant', 'guest-handover', 'old-grant', 'old-handover'] as const);
const TRICKS = Object.freeze([...ELSEWHERE, ...OVERREACHES, 'twin', 'swapped'] as const);

/**
 * Somebody who holds no key of this lock and a node: what its owner truly signed for another chain, contract or lock is
 * told as if it were for this one, and what a guest signs as if it were the owner's.
 */
export class Impostor implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  readonly #pen: Pen;
  #isCalm = false;

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
    this.#prng = neighbourhood.prng('impostor');
    this.#pen = new Pen(neighbourhood);
  }

  start(): void {
    const { nodes } = this.#parts.weather;
    const isHere = this.#prng.chance(0.4) && (nodes.moodsPerHour > 0 || nodes.isAllByzantine);
    if (isHere) this.#next();
  }

  calm(): void {
    this.#isCalm = true;
    for (const node of this.#parts.nodes) node.hush();
  }

  #next(): void {
    this.#parts.queue.after(this.#prng.waitMs(TRICKS_PER_HOUR), () => {
      if (this.#isCalm) return;
      const name = this.#prng.pick(TRICKS);
      const rumour = this.#rumourOf(name);
      if (rumour !== undefined) {
        this.#parts.count(`trick ${name}`);
        this.#pen.whisper(this.#prng.pick(this.#parts.nodes), rumour, WHISPER_MS);
      }
      this.#next();
    });
  }

  #rumourOf(name: (typeof TRICKS)[number]): Rumour | undefined {
    const { owner, guests } = this.#parts;
    switch (name) {
      case 'twin':
        return this.#twin();
      case 'swapped':
        return this.#swapped();
      case 'guest-grant':
      case 'guest-handover': {
        const guest = guests.length === 0 ? undefined : this.#prng.pick(guests);
        return guest === undefined
          ? undefined
          : this.#overreach(name, guest, guest.address20, owner.chainEpoch);
      }
      case 'old-grant':
      case 'old-handover':
        return this.#overreach(name, owner.signer, this.#parts.thief.address20, owner.chainEpoch - 1);
      default:
        return this.#signed(owner.signer, TOPIC.commanded, this.#elsewhere(name));
    }
  }

  #elsewhere(name: (typeof ELSEWHERE)[number]): Partial<CallFields> {
    const prng = this.#prng;
    const order = this.#order();
    switch (name) {
      case 'chain':
        return { chainId: this.#parts.chain.chainId + 1n };
      case 'registry':
        return { to20: prng.bytes(20) };
      case 'lock':
        return { data: encodeCommandCall({ ...order, lock: prng.bytes(20) }) };
      case 'many': {
        const locks = [1, 2, 3].map((first) => Uint8Array.of(first, ...prng.bytes(19)));
        return { data: encodeCommandManyCall(locks.map((lock) => ({ ...order, lock }))) };
      }
      case 'selector':
        return { data: concatBytes(prng.bytes(4), encodeCommandCall(order).subarray(4)) };
      case 'calldata':
        return { data: concatBytes(encodeCommandCall(order), new Uint8Array(prng.between(1, 40))) };
      case 'value':
        return { value: 1n };
      case 'action':
        return { data: encodeCommandCall({ ...order, action: 77 }) };
    }
  }

  #overreach(name: (typeof OVERREACHES)[number], signer: Signer, to: Uint8Array, epoch: number): Rumour {
    const { archive, owner, nowSeconds } = this.#parts;
    if (name.endsWith('grant')) {
      const terms = { ...FULL_TERMS, epoch, serial: nowSeconds() };
      return this.#signed(signer, TOPIC.granted, { data: encodeGrantCall(archive.lock20, to, terms) });
    }
    const handover = { epoch, newEpoch: owner.chainEpoch + 1, notAfterSeconds: nowSeconds() + 86_400 };
    return this.#signed(signer, TOPIC.handedOver, { data: encodeHandoverCall(archive.lock20, to, handover) });
  }

  /** An order as that of today in all but what the change says, under a nonce that the lock has not seen. */
  #signed(signer: Signer, topic: string, change: Partial<CallFields>): Rumour {
    const { chain, engine } = this.#parts;
    const sent = signTransaction(engine, signer, {
      chainId: chain.chainId,
      to20: parseHex(chain.registry, 20),
      data: encodeCommandCall(this.#order()),
      nonce: this.#pen.nextNonce(signer) + BigInt(this.#prng.between(0, 2)),
      ...change,
    });
    return { hash: sent.hash, topic, json: transactionToRpc(sent, null, 1n) };
  }

  /** The owner signs an order and does not send it: it is not told, but the twin of its signature is. */
  #twin(): Rumour {
    const { owner, archive, engine } = this.#parts;
    const word = this.#pen.sign(owner.signer, { kind: 'order', order: this.#order() });
    const json = archive.recall(word);
    const { transaction } = word.sent;
    const s = CURVE_ORDER - BigInt(String(json['s']));
    const yParity = transaction.yParity === 0 ? 1 : 0;
    const parity = formatQuantity(yParity);
    return {
      hash: formatHex(transactionHash(engine, { ...transaction, s: writeUint(s, 32), yParity })),
      topic: TOPIC.commanded,
      json: { ...json, s: formatQuantity(s), yParity: parity, v: parity },
    };
  }

  /** Under the hash of what was signed last and is not shown yet, another word. */
  #swapped(): Rumour | undefined {
    const { archive } = this.#parts;
    const word = archive.all.findLast(({ shownMs }) => shownMs === undefined);
    const others = archive.all.filter((each) => each !== word);
    if (word === undefined || others.length === 0) return undefined;
    return { hash: word.hash, topic: topicOf(word), json: archive.recall(this.#prng.pick(others)) };
  }

  #order(): Order {
    const { archive, owner, nowSeconds } = this.#parts;
    return {
      lock: archive.lock20,
      challenge4: new Uint8Array(4),
      epoch: owner.chainEpoch,
      notAfterSeconds: nowSeconds() + 600,
      action: ACTION.unlock,
    };
  }
}

const FULL_TERMS = Object.freeze({
  notBeforeSeconds: 0,
  notAfterSeconds: FOR_EVER_SECONDS,
  rights: 3,
  weekdays: 0,
  dayStartMinutes: 0,
  dayEndMinutes: 0,
  uses: 0,
});
