import type { RefusalReason } from '../../firmware/protocol/refusal.js';

export interface Lie {
  /** For people: what the node pretends. */
  readonly title: string;
  /** The reasons of which the lock must give one; empty where the lie gives it nothing to judge. */
  readonly reasons: readonly RefusalReason[];
  /** A forged event that leads to a transaction, or a bad answer of the node itself. */
  readonly kind: 'transaction' | 'answer';
  /** True where the lock may also just go on polling without a word. */
  readonly mayBeQuiet: boolean;
  /** Needs a signature of the owner: what an owner signed and a node kept back. */
  readonly needsOwnerKey: boolean;
}

/** Everything that a lying node can do, each with the reason for which the lock refuses it. */
export const LIES = Object.freeze({
  // A forged log that leads to a forged transaction
  'forged-sender': transaction("an unlock 'from' the owner, signed by a stranger", ['unknown-sender']),
  'stranger-order': transaction('an unlock that a stranger signed', ['unknown-sender']),
  'stranger-grant': transaction('a grant that a stranger signed for himself', ['unknown-sender']),
  'stranger-handover': transaction('a handover that a stranger signed to himself', ['unknown-sender']),
  'junk-signature': transaction('an unlock with a signature of no key', ['signature']),
  'r-out-of-range': transaction('a signature whose r is the order of the curve', ['signature-range']),
  'zero-s': transaction('a signature whose s is zero', ['signature-range']),
  'high-s': transaction('the high-S twin of a real order', ['high-s']),
  'other-chain': transaction('an order for another chain', ['chain-id']),
  'other-registry': transaction('an order to another registry', ['registry']),
  'contract-creation': transaction('a transaction that creates a contract', ['registry']),
  'other-lock': transaction('an order for another lock', ['lock']),
  'other-selector': transaction('a call that commands nothing', ['selector']),
  'trailing-calldata': transaction('an order with bytes after its end', ['calldata']),
  unprotected: transaction('a type-0 transaction without EIP-155', ['unprotected']),
  'blob-transaction': transaction('a transaction of type 3', ['transaction-type']),
  'with-value': transaction('an order that carries coins', ['value']),
  'long-access-list': transaction('an access list of nine entries', ['access-list']),
  'disagreeing-fields': transaction("an order whose 'input' and 'data' differ", ['fields-disagree']),
  'missing-fields': transaction('a transaction without r', ['malformed']),
  'odd-hex': transaction('calldata with an odd number of digits', ['malformed']),
  'other-transaction': transaction('another transaction than the one asked for', ['hash']),
  'vanishing-transaction': quietTransaction('an event whose transaction is never there', ['malformed']),
  replay: quietTransaction('a real order of the past, told as new', ['replayed', 'expired']),
  // What the owner signed and the node kept back
  expired: owners('an order of the owner, a minute late', ['expired']),
  'too-far-ahead': owners('an order of the owner that lasts two hours', ['too-far-ahead']),
  'other-epoch': owners('an order of the owner for another epoch', ['epoch']),
  'unknown-action': owners('an order of the owner for no known action', ['action']),
  // A node that is merely broken
  'not-json': answer('an HTML page in place of JSON', ['json']),
  'truncated-body': answer('half an answer', ['json']),
  'deep-nesting': answer('two thousand brackets', ['json']),
  'big-body': answer('an answer of one megabyte', ['too-large']),
  'log-flood': answer('two hundred events at once', ['too-large']),
  'wrong-ids': answer('answers to questions that nobody asked', ['rpc-id']),
  'rpc-error': answer('an error for every call', ['rpc-error']),
  'http-500': answer('HTTP 500', ['rpc-error']),
  'odd-height': answer('a block number with leading zeros', ['malformed']),
  'odd-log': answer('an event whose data is too short', ['malformed']),
  'absurd-height': quietAnswer('a block number of 2^47', ['rpc-error', 'malformed']),
  withhold: quietAnswer('no events, whatever happened', []),
  hang: quietAnswer('no answer at all', ['rpc-error']),
  'cut-connection': quietAnswer('a connection that dies in the middle', ['rpc-error']),
} as const satisfies Record<string, Lie>);

export type LieName = keyof typeof LIES;

export const LIE_NAMES = Object.freeze(Object.keys(LIES) as LieName[]);

function transaction(title: string, reasons: readonly RefusalReason[]): Lie {
  return Object.freeze({ title, reasons, kind: 'transaction', mayBeQuiet: false, needsOwnerKey: false });
}

function quietTransaction(title: string, reasons: readonly RefusalReason[]): Lie {
  return Object.freeze({ ...transaction(title, reasons), mayBeQuiet: true });
}

function owners(title: string, reasons: readonly RefusalReason[]): Lie {
  return Object.freeze({ ...transaction(title, reasons), needsOwnerKey: true });
}

function answer(title: string, reasons: readonly RefusalReason[]): Lie {
  return Object.freeze({ title, reasons, kind: 'answer', mayBeQuiet: false, needsOwnerKey: false });
}

function quietAnswer(title: string, reasons: readonly RefusalReason[]): Lie {
  return Object.freeze({ ...answer(title, reasons), mayBeQuiet: true });
}
