import type { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { addressOf } from '../../firmware/crypto/address.js';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { readUint, writeUint } from '../../firmware/protocol/bytes.js';
import { registrationDigest } from '../../firmware/protocol/eip712.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { ORDERS_PER_CALL_MAX } from '../../firmware/protocol/limits.js';
import { SELECTOR, TOPIC } from '../../firmware/protocol/lock-registry.js';
import { Arguments, MalformedCalldata } from './registry-calldata.js';
import {
  approvedKey,
  lockKey,
  operatorKey,
  type RegistryStorage,
  type StorageWrite,
  termsKey,
} from './registry-storage.js';

/** Which contract on which chain is played. */
export interface RegistryRules {
  readonly chainId: bigint;
  /** 20-byte address of the contract. */
  readonly registry20: Uint8Array;
  /** A guarded one: it recovers who signed a registration. */
  readonly engine: Pick<CryptoEngine, 'keccak256' | 'recover'>;
}

/** One message to the contract. */
export interface RegistryCall {
  /** 20-byte address of the sender. */
  readonly from20: Uint8Array;
  readonly calldata: Uint8Array;
  /** The block's, Unix seconds. */
  readonly timestamp: number;
  /** Wei; 0 where absent. */
  readonly value?: bigint;
}

/** An event as a log has it: 32-byte topics and data in lowercase hex. */
export interface RegistryLog {
  readonly topics: readonly string[];
  readonly data: string;
}

/** The custom errors of the contract and its bases. */
export type RegistryErrorName = Extract<
  (typeof LOCK_REGISTRY_ABI)[number],
  { readonly type: 'error' }
>['name'];

/** What a call does. A refused one has no name where the contract reverts without data. */
export type RegistryOutcome =
  | { readonly ok: true; readonly writes: readonly StorageWrite[]; readonly events: readonly RegistryLog[] }
  | { readonly ok: false; readonly error: RegistryErrorName | ''; readonly args: readonly bigint[] };

/** Selectors of ERC-721, beside those of `SELECTOR`. */
export const ERC721_SELECTOR = Object.freeze({
  transferFrom: '0x23b872dd',
  safeTransferFrom: '0x42842e0e',
  safeTransferFromWithData: '0xb88d4fde',
  approve: '0x095ea7b3',
  setApprovalForAll: '0xa22cb465',
} as const);

/** Topics 0 of ERC-721, beside those of `TOPIC`. */
export const ERC721_TOPIC = Object.freeze({
  transfer: '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef',
  approval: '0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925',
  approvalForAll: '0x17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c31',
} as const);

const PAYABLE: readonly string[] = Object.freeze([
  ERC721_SELECTOR.transferFrom,
  ERC721_SELECTOR.safeTransferFrom,
  ERC721_SELECTOR.safeTransferFromWithData,
  ERC721_SELECTOR.approve,
]);
const DEADLINE_AHEAD_MAX = 3_600n;
const ORDER_AHEAD_MAX = 900n;
const SERIAL_AHEAD_MAX = 86_400n;
const ENVELOPE_BYTES_MAX = 512;
const ACTION_MAX = 9n;
const ACTION_GUEST_MAX = 3n;
const ACTION_LOCK = 1n;
const RIGHT_LOCK = 1n;
const RIGHT_UNLOCK = 2n;
const RIGHTS_KNOWN = 7n;
const EVERY_DAY = 0x7fn;
const LAST_MINUTE = 1_439n;
const SEQ_MAX = 0xffff_ffffn;
const EPOCH_MAX = 0xffffn;

/**
 * The LockRegistry as a pure function of its storage and one call: the counterpart of contracts/src/LockRegistry.sol and
 * of Solady's ERC-721. Balances are left out, and so are the views: a transaction that calls one is refused without a
 * name, which nothing here can tell from a success.
 */
export function applyCall(
  storage: RegistryStorage,
  call: RegistryCall,
  rules: RegistryRules,
): RegistryOutcome {
  const frame = new Frame(storage, call, rules);
  try {
    dispatch(frame, formatHex(call.calldata.subarray(0, 4)));
  } catch (error) {
    if (error instanceof MalformedCalldata) return { ok: false, error: '', args: [] };
    if (error instanceof Revert) return { ok: false, error: error.errorName, args: error.args };
    throw error;
  }
  return { ok: true, writes: [...frame.writes], events: frame.events };
}

/** Ends a call by one of the contract's errors. */
class Revert extends Error {
  readonly errorName: RegistryErrorName;
  readonly args: readonly bigint[];

  constructor(errorName: RegistryErrorName, ...args: readonly bigint[]) {
    super(errorName);
    this.errorName = errorName;
    this.args = args;
  }
}

/** One call under way: what it has written so far lies over the storage. */
class Frame {
  readonly call: RegistryCall;
  readonly rules: RegistryRules;
  readonly sender: bigint;
  readonly now: bigint;
  readonly writes = new Map<string, bigint>();
  readonly events: RegistryLog[] = [];
  readonly #storage: RegistryStorage;

  constructor(storage: RegistryStorage, call: RegistryCall, rules: RegistryRules) {
    this.#storage = storage;
    this.call = call;
    this.rules = rules;
    this.sender = readUint(call.from20);
    this.now = BigInt(call.timestamp);
  }

  read(key: string): bigint {
    return this.writes.get(key) ?? this.#storage.get(key) ?? 0n;
  }

  emit(topics: readonly string[], data = '0x'): void {
    this.events.push({ topics, data });
  }
}

function dispatch(frame: Frame, selector: string): void {
  const { calldata, value = 0n } = frame.call;
  if (value !== 0n && !PAYABLE.includes(selector))
    throw new MalformedCalldata('coins to a function that takes none');
  const args = (words: number) => new Arguments(calldata, words);
  switch (selector) {
    case SELECTOR.register:
      register(frame, args(3));
      break;
    case SELECTOR.command:
      command(frame, args(1).uint(0), 0n);
      break;
    case SELECTOR.commandMany:
      commandMany(frame, args(1).uints(0));
      break;
    case SELECTOR.grant:
      grant(frame, args(3));
      break;
    case SELECTOR.handover:
      handover(frame, args(3));
      break;
    case SELECTOR.post:
      post(frame, args(2));
      break;
    case ERC721_SELECTOR.transferFrom:
      transferFrom(frame, args(3));
      break;
    case ERC721_SELECTOR.safeTransferFrom:
      safeTransferFrom(frame, args(3));
      break;
    case ERC721_SELECTOR.safeTransferFromWithData: {
      const words = args(4);
      words.bytes(3);
      safeTransferFrom(frame, words);
      break;
    }
    case ERC721_SELECTOR.approve:
      approve(frame, args(2));
      break;
    case ERC721_SELECTOR.setApprovalForAll:
      setApprovalForAll(frame, args(2));
      break;
    default:
      throw new MalformedCalldata('no such function');
  }
}

function register(frame: Frame, args: Arguments): void {
  const lock = args.address(0);
  const deadline = args.uint(1);
  const signature = args.bytes(2);
  if (lock === 0n) throw new Revert('ZeroAddress');
  if (deadline < frame.now) throw new Revert('DeadlinePassed');
  if (deadline - frame.now > DEADLINE_AHEAD_MAX) throw new Revert('DeadlineTooFar');
  if (signerOf(frame, lock, deadline, signature) !== lock) throw new Revert('InvalidDeviceSignature');
  const word = frame.read(lockKey(lock));
  if (ownerIn(word) !== 0n) throw new Revert('TokenAlreadyExists');
  emitTransfer(frame, 0n, frame.sender, lock);
  raiseEpoch(frame, lock, word, frame.sender);
  frame.emit([TOPIC.registered, hexWord(lock)], hexWord(frame.sender));
}

/** @returns 0 where nobody made the signature, or it is not in its only form */
function signerOf(frame: Frame, lock: bigint, deadline: bigint, signature: Uint8Array): bigint {
  const v = signature[64];
  if (signature.length !== 65 || (v !== 27 && v !== 28)) return 0n;
  const { engine, chainId, registry20 } = frame.rules;
  const digest32 = registrationDigest(
    engine.keccak256,
    { chainId, registry20 },
    { lock: writeUint(lock, 20), owner: frame.call.from20, deadline },
  );
  try {
    return readUint(addressOf(engine, engine.recover(digest32, signature.slice(0, 64), v - 27)));
  } catch (error) {
    if (error instanceof DecodeError) return 0n;
    throw error;
  }
}

function commandMany(frame: Frame, orders: readonly bigint[]): void {
  if (orders.length === 0 || orders.length > ORDERS_PER_CALL_MAX) throw new Revert('OrderCount');
  let lastLockId = 0n;
  for (const order of orders) lastLockId = command(frame, order, lastLockId);
}

/** @returns the order's lock */
function command(frame: Frame, order: bigint, lastLockId: bigint): bigint {
  const lockId = order >> 96n;
  if (lockId <= lastLockId) throw new Revert('NotAscending');
  const word = frame.read(lockKey(lockId));
  const seq = (word >> 208n) & SEQ_MAX;
  const epoch = word >> 240n;
  const action = order & 0xffn;
  const notAfter = BigInt.asUintN(40, order >> 8n);
  if (seq === SEQ_MAX) throw new Revert('SeqExhausted');
  if (ownerIn(word) === 0n) throw new Revert('TokenDoesNotExist');
  if (BigInt.asUintN(16, order >> 48n) !== epoch) throw new Revert('WrongEpoch', epoch);
  if (action === 0n || action > ACTION_MAX) throw new Revert('UnknownAction');
  if (notAfter < frame.now) throw new Revert('NotAfterPassed');
  if (notAfter - frame.now > ORDER_AHEAD_MAX) throw new Revert('NotAfterTooFar');
  if (ownerIn(word) !== frame.sender) checkGuest(frame, lockId, epoch, action);
  const wish = BigInt.asUintN(48, order);
  frame.writes.set(lockKey(lockId), (epoch << 240n) | ((seq + 1n) << 208n) | (wish << 160n) | ownerIn(word));
  const record = (frame.sender << 96n) | ((seq + 1n) << 64n) | BigInt.asUintN(64, order);
  frame.emit([TOPIC.commanded, hexWord(lockId)], hexWord(record));
  return lockId;
}

function checkGuest(frame: Frame, lockId: bigint, epoch: bigint, action: bigint): void {
  if (action > ACTION_GUEST_MAX) throw new Revert('NotOwner');
  const terms = frame.read(termsKey(lockId, epoch, frame.sender));
  const right = action === ACTION_LOCK ? RIGHT_LOCK : RIGHT_UNLOCK;
  if ((terms & (right << 104n)) === 0n) throw new Revert('NoRight');
  const notBefore = BigInt.asUintN(40, terms >> 152n);
  const notAfter = BigInt.asUintN(40, terms >> 112n);
  if (frame.now < notBefore || frame.now > notAfter) throw new Revert('OutsideWindow');
}

function grant(frame: Frame, args: Arguments): void {
  const lockId = args.uint(0);
  const guest = args.address(1);
  const terms = args.uint(2);
  const epoch = epochForOwner(frame, lockId);
  if (guest === 0n) throw new Revert('ZeroAddress');
  if (terms >> 192n !== 0n) throw new Revert('NonZeroPadding');
  if (((terms >> 32n) & EPOCH_MAX) !== epoch) throw new Revert('WrongEpoch', epoch);
  const rights = (terms >> 104n) & 0xffn;
  if (rights > RIGHTS_KNOWN) throw new Revert('UnknownRights');
  if (((terms >> 96n) & 0xffn) > EVERY_DAY) throw new Revert('UnknownWeekdays');
  if (((terms >> 80n) & 0xffffn) > LAST_MINUTE || ((terms >> 64n) & 0xffffn) > LAST_MINUTE)
    throw new Revert('PastTheDay');
  const serial = serialIn(terms);
  if (serial > frame.now + SERIAL_AHEAD_MAX) throw new Revert('SerialTooFar');
  const key = termsKey(lockId, epoch, guest);
  const lastSerial = serialIn(frame.read(key));
  if (serial < lastSerial || (serial === lastSerial && rights !== 0n))
    throw new Revert('StaleSerial', lastSerial);
  frame.writes.set(key, terms);
  frame.emit([TOPIC.granted, hexWord(lockId)], hexWord(guest) + hexWord(terms).slice(2));
}

function handover(frame: Frame, args: Arguments): void {
  const lockId = args.uint(0);
  const to = args.address(1);
  const word = args.uint(2);
  const epoch = epochForOwner(frame, lockId);
  if (word >> 72n !== 0n) throw new Revert('NonZeroPadding');
  const newEpoch = (word >> 40n) & EPOCH_MAX;
  if (newEpoch !== epoch + 1n) throw new Revert('WrongNewEpoch', epoch + 1n);
  if (((word >> 56n) & EPOCH_MAX) >= newEpoch) throw new Revert('WrongLockEpoch');
  if (BigInt.asUintN(40, word) < frame.now) throw new Revert('NotAfterPassed');
  moveToken(frame, frame.sender, to, lockId);
  frame.emit([TOPIC.handedOver, hexWord(lockId)], hexWord(to) + hexWord(word).slice(2));
}

function post(frame: Frame, args: Arguments): void {
  const tag = args.uint(0);
  const envelope = args.bytes(1);
  if (tag >> 160n === 0n) throw new Revert('TagLooksLikeLock');
  if (envelope.length > ENVELOPE_BYTES_MAX) throw new Revert('EnvelopeTooLong');
  const padding = '00'.repeat((32 - (envelope.length % 32)) % 32);
  const head = hexWord(32n) + hexWord(BigInt(envelope.length)).slice(2);
  frame.emit([TOPIC.posted, hexWord(tag)], head + formatHex(envelope).slice(2) + padding);
}

function transferFrom(frame: Frame, args: Arguments): void {
  const from = args.address(0);
  const to = args.address(1);
  const lockId = args.uint(2);
  const owner = ownerIn(frame.read(lockKey(lockId)));
  if (owner === 0n) throw new Revert('TokenDoesNotExist');
  if (owner !== from) throw new Revert('TransferFromIncorrectOwner');
  const mayMove =
    frame.sender === from ||
    frame.sender === frame.read(approvedKey(lockId)) ||
    frame.read(operatorKey(from, frame.sender)) !== 0n;
  if (!mayMove) throw new Revert('NotOwnerNorApproved');
  moveToken(frame, from, to, lockId);
}

/** The registry is the only contract here, and it takes no tokens. */
function safeTransferFrom(frame: Frame, args: Arguments): void {
  transferFrom(frame, args);
  if (args.address(1) === readUint(frame.rules.registry20))
    throw new Revert('TransferToNonERC721ReceiverImplementer');
}

function approve(frame: Frame, args: Arguments): void {
  const account = args.address(0);
  const lockId = args.uint(1);
  const owner = ownerIn(frame.read(lockKey(lockId)));
  if (owner === 0n) throw new Revert('TokenDoesNotExist');
  if (frame.sender !== owner && frame.read(operatorKey(owner, frame.sender)) === 0n)
    throw new Revert('NotOwnerNorApproved');
  frame.writes.set(approvedKey(lockId), account);
  frame.emit([ERC721_TOPIC.approval, hexWord(owner), hexWord(account), hexWord(lockId)]);
}

function setApprovalForAll(frame: Frame, args: Arguments): void {
  const operator = args.address(0);
  const value = args.bool(1) ? 1n : 0n;
  frame.writes.set(operatorKey(frame.sender, operator), value);
  frame.emit([ERC721_TOPIC.approvalForAll, hexWord(frame.sender), hexWord(operator)], hexWord(value));
}

function moveToken(frame: Frame, from: bigint, to: bigint, lockId: bigint): void {
  if (to === 0n) throw new Revert('TransferToZeroAddress');
  if (frame.read(approvedKey(lockId)) !== 0n) frame.writes.set(approvedKey(lockId), 0n);
  emitTransfer(frame, from, to, lockId);
  raiseEpoch(frame, lockId, frame.read(lockKey(lockId)), to);
}

/** Each mint and transfer ends here: the last owner's wish is cleared, the count of orders goes on. */
function raiseEpoch(frame: Frame, lockId: bigint, word: bigint, owner: bigint): void {
  const epoch = word >> 240n;
  if (epoch === EPOCH_MAX) throw new Revert('EpochExhausted');
  const seq = (word >> 208n) & SEQ_MAX;
  frame.writes.set(lockKey(lockId), ((epoch + 1n) << 240n) | (seq << 208n) | owner);
  frame.emit([TOPIC.epochRaised, hexWord(lockId)], hexWord(epoch + 1n));
}

function emitTransfer(frame: Frame, from: bigint, to: bigint, lockId: bigint): void {
  frame.emit([ERC721_TOPIC.transfer, hexWord(from), hexWord(to), hexWord(lockId)]);
}

function epochForOwner(frame: Frame, lockId: bigint): bigint {
  const word = frame.read(lockKey(lockId));
  if (ownerIn(word) === 0n) throw new Revert('TokenDoesNotExist');
  if (ownerIn(word) !== frame.sender) throw new Revert('NotOwner');
  return word >> 240n;
}

function ownerIn(word: bigint): bigint {
  return BigInt.asUintN(160, word);
}

function serialIn(terms: bigint): bigint {
  return BigInt.asUintN(32, terms);
}

function hexWord(value: bigint): string {
  return `0x${value.toString(16).padStart(64, '0')}`;
}
