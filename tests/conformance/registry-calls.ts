import { type Abi, encodeFunctionData, type Hex } from 'viem';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { concatBytes, readUint, writeUint } from '../../firmware/protocol/bytes.js';
import { registrationDigest } from '../../firmware/protocol/eip712.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import type { Signer } from '../../host-sim/world/chain-signer.js';
import { handoverWord, orderWord, termsWord } from '../contracts/words.js';

/** One call of somebody, as a transaction carries it. */
export interface RandomCall {
  readonly by: Signer;
  readonly data: Uint8Array;
  readonly value: bigint;
}

/** Who and what there is to call about, and how the registry stands. */
export interface CallWorld {
  readonly engine: CryptoEngine;
  readonly chainId: bigint;
  readonly registry20: Uint8Array;
  readonly people: readonly Signer[];
  readonly devices: readonly Signer[];
  lockState(lockId: bigint): bigint;
  guestTerms(lockId: bigint, guest: bigint): bigint;
}

/** Of the order of secp256k1. */
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const ABI = LOCK_REGISTRY_ABI as Abi;

/** Makes calls of every function, most of them such that one thing at most is wrong; the same for the same seed. */
export class CallMaker {
  readonly #world: CallWorld;
  readonly #dice: Dice;

  constructor(world: CallWorld, seed: number) {
    this.#world = world;
    this.#dice = new Dice(seed);
  }

  /** @param now - timestamp of the block in which the call will be, Unix seconds */
  next(now: number): RandomCall {
    const call = this.#call(now);
    const dice = this.#dice;
    if (!dice.oneIn(25)) return { ...call, value: 0n };
    const data = dice.pick([
      call.data.slice(0, dice.below(call.data.length + 1)),
      concatBytes(call.data, new Uint8Array(1 + dice.below(64))),
      changed(call.data, 4 + 32 * dice.below(4) + dice.below(12)),
      changed(call.data, dice.below(call.data.length)),
      call.data,
    ]);
    return { ...call, data, value: dice.oneIn(3) ? 1n : 0n };
  }

  #call(now: number): Omit<RandomCall, 'value'> {
    const roll = this.#dice.below(100);
    if (roll < 6) return this.#register(now);
    if (roll < 45) return this.#command(now);
    if (roll < 52) return this.#commandMany(now);
    if (roll < 72) return this.#grant(now);
    if (roll < 80) return this.#handover(now);
    if (roll < 88) return this.#transfer();
    if (roll < 92) return this.#approve();
    if (roll < 95) return this.#approveAll();
    return this.#post();
  }

  #register(now: number) {
    const { engine, chainId, registry20, people, devices } = this.#world;
    const dice = this.#dice;
    const by = dice.pick(people);
    const device = dice.pick(devices);
    const deadline = now + dice.pick([0, 1, 600, 3_600, -1, 3_601]);
    const consent = {
      lock: device.address20,
      owner: dice.oneIn(8) ? dice.pick(people).address20 : by.address20,
      deadline: dice.oneIn(12) ? deadline + 1 : deadline,
    };
    const digest32 = registrationDigest(engine.keccak256, { chainId, registry20 }, consent);
    const { signature64, recoveryId } = engine.signRecoverable(digest32, device.key32);
    const good = concatBytes(signature64, Uint8Array.of(27 + recoveryId));
    const s = readUint(signature64.slice(32));
    const highTwin = concatBytes(
      signature64.slice(0, 32),
      writeUint(CURVE_ORDER - s, 32),
      Uint8Array.of(28 - recoveryId),
    );
    const bad = [
      highTwin,
      concatBytes(signature64, Uint8Array.of(recoveryId)),
      good.slice(0, 64),
      concatBytes(good, new Uint8Array(1)),
      concatBytes(new Uint8Array(32), good.slice(32)),
      concatBytes(writeUint(CURVE_ORDER, 32), good.slice(32)),
      new Uint8Array(0),
    ];
    const signature = formatHex(dice.oneIn(5) ? dice.pick(bad) : good);
    const lock = dice.oneIn(20) ? new Uint8Array(20) : device.address20;
    return call(by, 'register', [formatHex(lock), deadline, signature]);
  }

  #command(now: number) {
    const lock = this.#lock();
    return call(this.#caller(lock), 'command', [this.#order(lock, now)]);
  }

  #commandMany(now: number) {
    const dice = this.#dice;
    const by = dice.pick(this.#world.people);
    const owned = this.#world.devices
      .map(idOf)
      .filter((id) => dice.oneIn(8) || this.#ownerOf(id) === readUint(by.address20))
      .sort((a, b) => (a < b ? -1 : 1));
    const orders = owned.map((id) => this.#order(id, now, 40));
    if (dice.oneIn(10)) orders.push(orders[0] ?? 0n);
    if (dice.oneIn(12)) orders.push(...Array.from({ length: 101 }, () => orders.at(-1) ?? 1n << 96n));
    return call(by, 'commandMany', [orders]);
  }

  /** @param faultOneIn - how rarely each field is wrong */
  #order(lockId: bigint, now: number, faultOneIn = 25): bigint {
    const dice = this.#dice;
    const odd = () => dice.oneIn(faultOneIn);
    return orderWord({
      lockId,
      challenge: odd() ? dice.below(2 ** 32) : 0,
      epoch: this.#epochOf(lockId, odd()),
      notAfter: Math.max(0, now + (odd() ? dice.pick([-1, 901, -1e9, 1e11]) : dice.pick([0, 1, 300, 900]))),
      action: odd() ? dice.pick([0, 10, 255]) : 1 + dice.below(dice.oneIn(5) ? 9 : 3),
    });
  }

  #grant(now: number) {
    const dice = this.#dice;
    const odd = () => dice.oneIn(25);
    const lockId = this.#lock();
    const guest = dice.pick(this.#world.people).address20;
    const lastSerial = Number(BigInt.asUintN(32, this.#world.guestTerms(lockId, readUint(guest))));
    const serial = odd()
      ? dice.pick([Math.max(0, lastSerial - 1), lastSerial, now + 86_400, now + 86_401])
      : Math.max(now, lastSerial + dice.below(2));
    const window = dice.pick([
      {},
      { notBefore: now + 1 + dice.below(3) },
      { notAfter: now + 1 + dice.below(3) },
      { notBefore: now, notAfter: now + 10_000 },
      { notBefore: now + 2_000 },
      { notAfter: 0 },
    ]);
    const terms = termsWord({
      rights: odd() ? 8 + dice.below(248) : dice.below(8),
      weekdays: odd() ? 0x80 + dice.below(0x80) : dice.below(0x80),
      dayStart: odd() ? dice.pick([1_440, 65_535]) : dice.below(1_440),
      dayEnd: odd() ? dice.pick([1_440, 65_535]) : dice.pick([0, 1_439]),
      uses: dice.below(4),
      epoch: this.#epochOf(lockId, odd()),
      serial,
      padding: odd() ? 1 : 0,
      ...window,
    });
    const to = odd() ? new Uint8Array(20) : guest;
    return call(this.#owner(lockId), 'grant', [lockId, formatHex(to), terms]);
  }

  #handover(now: number) {
    const dice = this.#dice;
    const odd = () => dice.oneIn(10);
    const lockId = this.#lock();
    const epoch = this.#epochOf(lockId, false);
    const newEpoch = epoch + (odd() ? dice.pick([0, 2]) : 1);
    const word = handoverWord(
      odd() ? newEpoch : dice.below(epoch + 1),
      newEpoch,
      now + (odd() ? -1 : dice.below(100)),
    );
    const padding = dice.oneIn(20) ? 1n << (72n + BigInt(dice.below(184))) : 0n;
    return call(this.#owner(lockId), 'handover', [lockId, formatHex(this.#recipient()), word | padding]);
  }

  #transfer() {
    const dice = this.#dice;
    const lockId = this.#lock();
    const owner = writeUint(this.#ownerOf(lockId), 20);
    const from = dice.oneIn(10) ? dice.pick(this.#world.people).address20 : owner;
    const by = dice.oneIn(3) ? dice.pick(this.#world.people) : this.#owner(lockId);
    const isSafe = dice.oneIn(2);
    // A contract that takes no tokens; what is sent there without that question never comes back.
    const to = isSafe && dice.oneIn(6) ? this.#world.registry20 : this.#recipient();
    const args = [formatHex(from), formatHex(to), lockId];
    if (!isSafe) return call(by, 'transferFrom', args);
    return call(by, 'safeTransferFrom', dice.oneIn(2) ? args : [...args, '0x1234']);
  }

  #approve() {
    const lockId = this.#lock();
    const account = this.#dice.oneIn(6) ? new Uint8Array(20) : this.#dice.pick(this.#world.people).address20;
    return call(this.#caller(lockId), 'approve', [formatHex(account), lockId]);
  }

  #approveAll() {
    const { people } = this.#world;
    const operator = this.#dice.pick(people).address20;
    return call(this.#dice.pick(people), 'setApprovalForAll', [formatHex(operator), this.#dice.oneIn(2)]);
  }

  #post() {
    const dice = this.#dice;
    const tag = dice.oneIn(4) ? dice.pick(this.#world.devices).address20 : this.#bytes(32);
    const envelope = this.#bytes(dice.pick([0, 1, 31, 32, 33, 511, 512, 513]));
    const tag32 = `0x${formatHex(tag).slice(2).padStart(64, '0')}`;
    return call(dice.pick(this.#world.people), 'post', [tag32, formatHex(envelope)]);
  }

  #lock(): bigint {
    return idOf(this.#dice.pick(this.#world.devices));
  }

  #recipient(): Uint8Array {
    return this.#dice.oneIn(15) ? new Uint8Array(20) : this.#dice.pick(this.#world.people).address20;
  }

  /** The owner as a rule; now and then somebody else. */
  #owner(lockId: bigint): Signer {
    const { people } = this.#world;
    const owner = people.find(({ address20 }) => readUint(address20) === this.#ownerOf(lockId));
    return this.#dice.oneIn(12) || owner === undefined ? this.#dice.pick(people) : owner;
  }

  /** The owner, or a guest, or anybody. */
  #caller(lockId: bigint): Signer {
    const dice = this.#dice;
    if (!dice.oneIn(3)) return this.#owner(lockId);
    const { people, guestTerms } = this.#world;
    const guests = people.filter(({ address20 }) => guestTerms(lockId, readUint(address20)) !== 0n);
    return dice.oneIn(4) || guests.length === 0 ? dice.pick(people) : dice.pick(guests);
  }

  #ownerOf(lockId: bigint): bigint {
    return BigInt.asUintN(160, this.#world.lockState(lockId));
  }

  #epochOf(lockId: bigint, isWrong: boolean): number {
    const epoch = Number(this.#world.lockState(lockId) >> 240n);
    return isWrong ? this.#dice.pick([0, epoch + 1, Math.max(0, epoch - 1)]) : epoch;
  }

  #bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#dice.below(256));
  }
}

/** A seeded generator (mulberry32). */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  below(count: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}

function call(by: Signer, functionName: string, args: readonly unknown[]): Omit<RandomCall, 'value'> {
  return { by, data: parseHex(encodeFunctionData({ abi: ABI, functionName, args }) as Hex) };
}

function changed(data: Uint8Array, at: number): Uint8Array {
  const copy = data.slice();
  if (at < copy.length) copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

function idOf(device: Signer): bigint {
  return readUint(device.address20);
}
