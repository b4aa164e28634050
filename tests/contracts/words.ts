/** Fields of the word that `command` takes; what is left out is 0. */
export interface OrderFields {
  readonly lockId: bigint;
  readonly challenge?: number;
  readonly epoch: number;
  readonly notAfter: number;
  readonly action: number;
}

/** `lock:160 | challenge:32 | epoch:16 | notAfter:40 | action:8` */
export function orderWord({ lockId, challenge = 0, epoch, notAfter, action }: OrderFields): bigint {
  return pack([lockId, 160], [challenge, 32], [epoch, 16], [notAfter, 40], [action, 8]);
}

/** Fields of a guest's terms; what is left out is 0, but every weekday and for ever. */
export interface TermsFields {
  readonly padding?: number;
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly rights: number;
  readonly weekdays?: number;
  readonly dayStart?: number;
  readonly dayEnd?: number;
  readonly uses?: number;
  readonly epoch: number;
  readonly serial: number;
}

export const FOR_EVER = 2 ** 40 - 1;

/** `0:64 | notBefore:40 | notAfter:40 | rights:8 | weekdays:8 | dayStart:16 | dayEnd:16 | uses:16 | epoch:16 | serial:32` */
export function termsWord(terms: TermsFields): bigint {
  const { padding = 0, notBefore = 0, notAfter = FOR_EVER, rights, weekdays = 0x7f } = terms;
  const { dayStart = 0, dayEnd = 0, uses = 0, epoch, serial } = terms;
  return pack(
    [padding, 64],
    [notBefore, 40],
    [notAfter, 40],
    [rights, 8],
    [weekdays, 8],
    [dayStart, 16],
    [dayEnd, 16],
    [uses, 16],
    [epoch, 16],
    [serial, 32],
  );
}

/** `0:184 | epoch:16 | newEpoch:16 | notAfter:40` */
export function handoverWord(epoch: number, newEpoch: number, notAfter: number): bigint {
  return pack([epoch, 16], [newEpoch, 16], [notAfter, 40]);
}

/** What `lockState` answers: `epoch:16 | seq:32 | notAfter:40 | action:8 | owner:160` */
export interface LockState {
  readonly epoch: number;
  readonly seq: number;
  readonly notAfter: number;
  readonly action: number;
  readonly owner: bigint;
}

export function stateWord({ epoch, seq, notAfter, action, owner }: LockState): bigint {
  return pack([epoch, 16], [seq, 32], [notAfter, 40], [action, 8], [owner, 160]);
}

/** What `Commanded` carries: `by:160 | seq:32 | epoch:16 | notAfter:40 | action:8` */
export function recordWord(by: bigint, { seq, epoch, notAfter, action }: Omit<LockState, 'owner'>): bigint {
  return pack([by, 160], [seq, 32], [epoch, 16], [notAfter, 40], [action, 8]);
}

function pack(...fields: readonly (readonly [value: bigint | number, bits: number])[]): bigint {
  let word = 0n;
  for (const [value, bits] of fields) {
    if (BigInt(value) < 0n || BigInt(value) >> BigInt(bits) !== 0n)
      throw new RangeError(`${value} has over ${bits} bits`);
    word = (word << BigInt(bits)) | BigInt(value);
  }
  return word;
}

/** What a device signs for its owner, as wallets and viem want it described. @see EIP-712 */
export const REGISTRATION_TYPES = {
  Registration: [
    { name: 'lock', type: 'address' },
    { name: 'owner', type: 'address' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const;
