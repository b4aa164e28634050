import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem';

/** What a wallet needs to know of a LockRegistry, as a person would type it in. */
export const REGISTRY_ABI = parseAbi([
  'function register(address lock, uint256 deadline, bytes deviceSignature)',
  'function command(uint256 order)',
  'function grant(uint256 lockId, address guest, uint256 terms)',
  'function handover(uint256 lockId, address to, uint256 word)',
  'function lockState(uint256 lockId) view returns (uint256 word)',
  'event Commanded(uint256 indexed lockId, uint256 record)',
  'event Granted(uint256 indexed lockId, address guest, uint256 terms)',
  'event HandedOver(uint256 indexed lockId, address to, uint256 word)',
]);

export interface OrderFields {
  readonly lock: Address;
  readonly epoch: number;
  /** Unix seconds. */
  readonly notAfterSeconds: number;
  readonly action: number;
  /** First 4 bytes of the lock's challenge; 0 for none. */
  readonly challenge?: number;
}

/** `lock:160 | challenge:32 | epoch:16 | notAfter:40 | action:8`, highest first. */
export function packOrder(order: OrderFields): bigint {
  return packWord([
    [BigInt(order.lock), 160],
    [order.challenge ?? 0, 32],
    [order.epoch, 16],
    [order.notAfterSeconds, 40],
    [order.action, 8],
  ]);
}

export interface TermsFields {
  readonly notBeforeSeconds?: number;
  readonly notAfterSeconds: number;
  /** Bits: 1 lock, 2 unlock, 4 see history; 0 revokes. */
  readonly rights: number;
  readonly weekdays?: number;
  readonly dayStartMinutes?: number;
  readonly dayEndMinutes?: number;
  readonly uses?: number;
  readonly epoch: number;
  readonly serial: number;
}

/** `0:64 | notBefore:40 | notAfter:40 | rights:8 | weekdays:8 | dayStart:16 | dayEnd:16 | uses:16 | epoch:16 | serial:32`. */
export function packTerms(terms: TermsFields): bigint {
  return packWord([
    [terms.notBeforeSeconds ?? 0, 40],
    [terms.notAfterSeconds, 40],
    [terms.rights, 8],
    [terms.weekdays ?? 0x7f, 8],
    [terms.dayStartMinutes ?? 0, 16],
    [terms.dayEndMinutes ?? 0, 16],
    [terms.uses ?? 0, 16],
    [terms.epoch, 16],
    [terms.serial, 32],
  ]);
}

/** `0:184 | epoch:16 | newEpoch:16 | notAfter:40`. */
export function packHandover(epoch: number, newEpoch: number, notAfterSeconds: number): bigint {
  return packWord([
    [epoch, 16],
    [newEpoch, 16],
    [notAfterSeconds, 40],
  ]);
}

export function commandCall(order: OrderFields): Hex {
  return encodeFunctionData({ abi: REGISTRY_ABI, functionName: 'command', args: [packOrder(order)] });
}

export function grantCall(lock: Address, guest: Address, terms: TermsFields): Hex {
  const args = [BigInt(lock), guest, packTerms(terms)] as const;
  return encodeFunctionData({ abi: REGISTRY_ABI, functionName: 'grant', args });
}

export function handoverCall(lock: Address, to: Address, word: bigint): Hex {
  return encodeFunctionData({ abi: REGISTRY_ABI, functionName: 'handover', args: [BigInt(lock), to, word] });
}

function packWord(fields: readonly (readonly [value: bigint | number, bits: number])[]): bigint {
  let word = 0n;
  for (const [value, bits] of fields) {
    const field = BigInt(value);
    if (field < 0n || field >> BigInt(bits) !== 0n)
      throw new RangeError(`${value} does not fit ${bits} bits`);
    word = (word << BigInt(bits)) | field;
  }
  return word;
}
