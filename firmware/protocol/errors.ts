/**
 * What can be wrong with bytes or text from outside. The list is closed; each code is also a reason
 * in `refusal.ts` or maps to one there, so that nothing is refused without a name.
 */
export type DecodeErrorCode =
  // any bytes
  | 'truncated' // ends before its own lengths say
  | 'trailing' // bytes after the end
  | 'non-canonical' // a valid but not the shortest or not the sorted form
  | 'type' // another kind of value than the field has
  | 'range' // a number outside what the field may hold
  | 'size' // longer than the named limit
  | 'depth' // nested deeper than the named limit
  | 'utf8' // text that is not UTF-8
  | 'duplicate' // a map names a key twice
  | 'unknown' // a key, claim or version that this firmware does not know
  // JSON-RPC
  | 'json' // not JSON
  | 'hex' // not 0x-prefixed even-length hex, or a quantity with leading zeros
  | 'rpc-id' // answers that do not match the requests
  | 'missing' // a required field is absent
  // transactions
  | 'transaction-type'
  | 'unprotected' // a type-0 transaction without EIP-155
  | 'fields-disagree' // two spellings of one field differ
  | 'access-list' // over 8 entries or 8 keys in all
  | 'create' // `to` is null
  | 'value' // carries coins
  | 'signature-range' // r or s outside 1..n-1
  | 'high-s'
  | 'signature' // no public key gives this signature, or it does not verify
  // registry calls
  | 'selector'
  | 'calldata' // wrong length or a non-canonical ABI encoding
  | 'terms' // rights, weekdays or minutes that nobody knows
  | 'padding' // bits that must be zero are not
  | 'lock' // a well-formed call that names no order for this lock
  // settings
  | 'setting' // a text setting outside its range
  // COSE
  | 'algorithm'; // not ES256K

/** Remote bytes are malformed. The message says what was expected and what was found, and never holds key material. */
export class DecodeError extends Error {
  readonly code: DecodeErrorCode;
  constructor(code: DecodeErrorCode, message: string) {
    super(`${code}: ${message}`);
    // A literal, because Moddable's `strip` removes the names of classes.
    this.name = 'DecodeError';
    this.code = code;
  }
}

/** A node answered with a JSON-RPC error object. */
export class RpcError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(`RPC error ${code}: ${message}`);
    this.name = 'RpcError';
    this.code = code;
  }
}

/** A driver failed. */
export class IoError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'IoError';
  }
}

/** Our own bug: the lock stops, stays secure and starts again. */
export class InvariantError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvariantError';
  }
}
