import type { DecodeErrorCode } from './errors.js';

/**
 * Every reason for which a lock refuses something, a closed list. The position in the list is the
 * number in a signed report: append only.
 */
export const REFUSAL_REASONS = Object.freeze([
  'none',
  // A node's answer
  'malformed', // not what the method answers: missing, odd or contradictory fields
  'json', // not JSON, or nested too deep
  'too-large', // over the byte limit
  'rpc-id', // answers that do not match the requests
  'rpc-error', // the node answered an error or a bad HTTP status
  'hash', // the transaction is not the one that was asked for
  // The rebuilt transaction, cheapest check first
  'transaction-type', // not 0, 1 or 2
  'unprotected', // type 0 without EIP-155
  'fields-disagree', // two spellings of one field differ
  'access-list', // over the limit
  'registry', // sent to another contract, or creates one
  'value', // carries coins
  'chain-id',
  'selector', // not a call that commands a lock
  'calldata', // wrong length, non-canonical encoding or non-zero padding
  'lock', // names another lock
  'signature-range', // r or s outside 1..n-1
  'high-s',
  'signature', // no key gives this signature
  // Who and when
  'unpaired',
  'unknown-sender', // neither the pinned owner nor a guest
  'not-owner', // a guest asked for what only the owner may
  'epoch',
  'action',
  'clock', // no authenticated time yet
  'expired',
  'too-far-ahead',
  'challenge',
  'replayed', // at or below the sender's guard
  'barrier', // older than the owner's last lock
  'privacy',
  'rate',
  // A guest's terms
  'rights',
  'not-yet',
  'over', // after the grant's end
  'schedule', // outside the weekdays or hours
  'uses',
  // Grants and handovers
  'terms', // unknown rights or weekday bits
  'serial', // at or below the guest's last, or below the floor
  'serial-age', // seen for the first time over 7 days late or a day early
  'guests-full',
  'handover', // the new epoch is not above the lock's, or the new owner is zero
  // Inside the lock
  'storage', // flash did not take the record: nothing moves
  'record', // a journal record fails its checksum
  'reports-full', // as many reports wait for delivery as flash holds: no receipt could be kept
  'report-sink', // the place that reports go to did not take one; it is sent again
  // Pairing
  'pairing-closed', // no press of the inside button, or already paired
  'pairing-secret',
  'pairing-frame',
  // Since version 1 was first spoken
  'vacation', // the owner is away: guests do not open
  'lockout', // too many refusals of this guest
  'lease', // no contact for longer than guests' rights are leased
  'setting', // a setting that cannot be read
  'adoption', // an adoption or its veto with another epoch, challenge or signature
  'vetoed', // the pinned owner has stopped the adoption
  'disagreement', // accepted at first, and a second look does not agree: a fault in the lock
] as const);

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** @returns the number that a signed report carries */
export function refusalCode(reason: RefusalReason): number {
  return REFUSAL_REASONS.indexOf(reason);
}

/** @returns the reason, or undefined for a number that this version does not know */
export function refusalFromCode(code: number): RefusalReason | undefined {
  return REFUSAL_REASONS[code];
}

/** The reason under which a malformed answer of a node is refused. */
export function refusalOf(code: DecodeErrorCode): RefusalReason {
  switch (code) {
    case 'json':
    case 'depth':
      return 'json';
    case 'size':
      return 'too-large';
    case 'create':
      return 'registry';
    case 'padding':
      return 'calldata';
    case 'rpc-id':
    case 'transaction-type':
    case 'unprotected':
    case 'fields-disagree':
    case 'access-list':
    case 'value':
    case 'signature-range':
    case 'high-s':
    case 'signature':
    case 'selector':
    case 'calldata':
    case 'lock':
    case 'terms':
    case 'setting':
      return code;
    default:
      return 'malformed';
  }
}
