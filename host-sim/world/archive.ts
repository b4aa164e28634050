import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import type { Command } from '../../firmware/protocol/command.js';
import { encodeCommandCall, encodeGrantCall, encodeHandoverCall } from '../../firmware/protocol/command.js';
import { GRANT_COMMAND, HANDOVER_COMMAND } from '../../firmware/protocol/report.js';
import { type Signer, signTransaction } from './chain-signer.js';
import type { RpcTransactionJson } from './chain-transaction.js';
import { type AddressHex, type ChainTransaction, type Hash, transactionToRpc } from './chain-transaction.js';

/** A command to this world's lock that somebody signed, whatever became of it. */
export interface SignedWord {
  readonly sent: ChainTransaction;
  readonly hash: Hash;
  readonly by: AddressHex;
  /** The lock that it is for, 20-byte address. */
  readonly lock20: Uint8Array;
  readonly nonce: bigint;
  readonly command: Command;
  readonly signedMs: number;
  /** When its true bytes were first shown to the lock, and in which boot it was shown last. */
  shownMs: number | undefined;
  shownBoot: number;
}

/** Fees of a word, for a wallet that replaces one. */
export interface Fees {
  readonly maxFeePerGas?: bigint;
  readonly maxPriorityFeePerGas?: bigint;
}

export interface ArchiveOptions {
  readonly engine: CryptoEngine;
  readonly chainId: bigint;
  readonly registry20: Uint8Array;
}

/** The world's truth: everything that was ever signed for this lock, by whom and when. */
export class Archive {
  readonly #options: ArchiveOptions;
  readonly #words = new Map<Hash, SignedWord>();
  readonly #list: SignedWord[] = [];
  /** By address and number, as receipts name them. */
  readonly #byNumbers = new Map<string, SignedWord[]>();
  /** Challenges of the adoptions whose veto was posted, lowercase hex. */
  readonly vetoes = new Set<string>();
  /** 20-byte address of the lock, once it has one; another after a factory reset. */
  lock20 = new Uint8Array(20);

  constructor(options: ArchiveOptions) {
    this.#options = options;
  }

  get all(): readonly SignedWord[] {
    return this.#list;
  }

  sign(signer: Signer, nonce: bigint, command: Command, nowMs: number, fees: Fees = {}): SignedWord {
    const { engine, chainId, registry20: to20 } = this.#options;
    const data = calldataOf(command, this.lock20);
    const sent = signTransaction(engine, signer, { chainId, to20, data, nonce, ...fees });
    const known = this.#words.get(sent.hash);
    if (known !== undefined) return known;
    const word: SignedWord = {
      sent,
      hash: sent.hash,
      by: sent.from,
      lock20: this.lock20,
      nonce,
      command,
      signedMs: nowMs,
      shownMs: undefined,
      shownBoot: 0,
    };
    this.#words.set(word.hash, word);
    this.#list.push(word);
    const numbers = numbersOf(word);
    const others = this.#byNumbers.get(numbers);
    if (others === undefined) this.#byNumbers.set(numbers, [word]);
    else others.push(word);
    return word;
  }

  find(hash: string): SignedWord | undefined {
    return this.#words.get(hash as Hash);
  }

  /** The words that a receipt with these numbers can mean. */
  named(by: string, command: number, nonce: bigint, notAfterSeconds: number): readonly SignedWord[] {
    return this.#byNumbers.get(`${by} ${command} ${nonce} ${notAfterSeconds}`) ?? [];
  }

  /** A word as a node answers it that kept what it heard. */
  recall(word: SignedWord): RpcTransactionJson {
    return transactionToRpc(word.sent, null, 1n);
  }
}

/** The end of a word's window, as receipts carry it. */
export function notAfterOf(command: Command): number {
  switch (command.kind) {
    case 'order':
      return command.order.notAfterSeconds;
    case 'grant':
      return command.terms.notAfterSeconds;
    case 'handover':
      return command.notAfterSeconds;
  }
}

/** The number of what a word commands, as receipts carry it. */
export function numberOf(command: Command): number {
  switch (command.kind) {
    case 'order':
      return command.order.action;
    case 'grant':
      return GRANT_COMMAND;
    case 'handover':
      return HANDOVER_COMMAND;
  }
}

function numbersOf({ by, nonce, command }: SignedWord): string {
  return `${by} ${numberOf(command)} ${nonce} ${notAfterOf(command)}`;
}

function calldataOf(command: Command, lock20: Uint8Array): Uint8Array {
  switch (command.kind) {
    case 'order':
      return encodeCommandCall(command.order);
    case 'grant':
      return encodeGrantCall(lock20, command.guest, command.terms);
    case 'handover':
      return encodeHandoverCall(lock20, command.to, command);
  }
}
