import assert from 'node:assert/strict';
import {
  type Abi,
  concatHex,
  decodeErrorResult,
  encodeFunctionData,
  type Hex,
  keccak256,
  numberToHex,
} from 'viem';
import { LOCK_REGISTRY_ABI, LOCK_REGISTRY_STORAGE } from '../../contracts/generated/lock-registry.js';
import type { AccessEntry } from '../../firmware/lock/access-list.js';
import { type Authority, freshAuthority } from '../../firmware/lock/authority.js';
import { type Circumstances, judge } from '../../firmware/lock/authorizer.js';
import { decodeCommand } from '../../firmware/protocol/command.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import { type RefusalReason, refusalOf } from '../../firmware/protocol/refusal.js';
import { decodeTerms } from '../../firmware/protocol/terms.js';
import { UTC } from '../../firmware/protocol/time-zone.js';
import { orderWord, stateWord, type TermsFields, termsWord } from './words.js';
import { type Lock, START_SECOND, World } from './world.js';

const CASES = 3_000;
const BATCH = 150;
const NOW = START_SECOND + 100_000;
const DAY = 86_400;
const ABI = LOCK_REGISTRY_ABI as Abi;

/** One call at one second on one state of a lock, for both to judge. */
interface Case {
  readonly by: Hex;
  readonly data: Hex;
  /** Of the lock, and of the terms that are stored. */
  readonly epoch: number;
  readonly stored: bigint;
}

/** What the contract says of each reason of the lock's that both enforce. */
const NAMES: Partial<Record<RefusalReason, readonly string[]>> = {
  epoch: ['WrongEpoch'],
  action: ['UnknownAction'],
  expired: ['NotAfterPassed'],
  'too-far-ahead': ['NotAfterTooFar'],
  'unknown-sender': ['NotOwner'],
  'not-owner': ['NotOwner'],
  rights: ['NoRight'],
  'not-yet': ['OutsideWindow'],
  over: ['OutsideWindow'],
  terms: ['UnknownRights', 'UnknownWeekdays', 'PastTheDay'],
  calldata: ['NonZeroPadding'],
  serial: ['StaleSerial'],
  'serial-age': ['SerialTooFar'],
};

describe('LockRegistry and the lock, on random terms and times', function () {
  this.timeout(120_000);
  let world: World;
  let lock: Lock;

  before(async () => {
    world = await World.start();
    lock = await world.newRegisteredLock();
  });
  after(() => world.stop());

  /** What the contract answers to each: the name of its error, or 'ok'. */
  async function contractSays(cases: readonly Case[]): Promise<readonly string[]> {
    const answers: string[] = [];
    for (let i = 0; i < cases.length; i += BATCH) {
      const calls = cases.slice(i, i + BATCH).map(({ by, data, epoch, stored }, id) => {
        const owner = BigInt(world.owner.address);
        const word = stateWord({ epoch, seq: 7, notAfter: 0, action: 0, owner });
        const stateDiff = {
          [world.slotOf(lock.id)]: numberToHex(word, { size: 32 }),
          [termsSlot(epoch)]: numberToHex(stored, { size: 32 }),
        };
        const transaction = { from: by, to: world.registry, data };
        const params = [
          transaction,
          'latest',
          { [world.registry]: { stateDiff } },
          { time: numberToHex(NOW) },
        ];
        return { jsonrpc: '2.0', id, method: 'eth_call', params };
      });
      const response = await fetch(world.anvil.rpcUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(calls),
      });
      const told = (await response.json()) as { id: number; result?: Hex; error?: { data?: Hex } }[];
      for (const { result, error } of told.sort((a, b) => a.id - b.id)) {
        if (result !== undefined) answers.push('ok');
        else answers.push(decodeErrorResult({ abi: ABI, data: error?.data ?? '0x' }).errorName);
      }
    }
    return answers;
  }

  function termsSlot(epoch: number): Hex {
    const word = (value: bigint) => numberToHex(value, { size: 32 });
    const outer = keccak256(concatHex([word(lock.id), word(LOCK_REGISTRY_STORAGE.termsSlot)]));
    return keccak256(concatHex([word((BigInt(epoch) << 160n) | BigInt(world.guest.address)), outer]));
  }

  /** What the lock answers, with an honest clock and nothing obeyed before. */
  function lockSays({ by, data, epoch, stored }: Case): RefusalReason | 'ok' {
    const guest: AccessEntry = {
      guest: parseHex(world.guest.address),
      terms: decodeTerms(stored),
      used: 1,
      guard: undefined,
    };
    const fresh = freshAuthority(parseHex(world.owner.address), epoch);
    const authority: Authority =
      stored === 0n ? fresh : { ...fresh, access: { entries: [guest], serialFloor: 0 } };
    try {
      const command = decodeCommand(parseHex(data), parseHex(lock.address));
      const verdict = judge(authority, { by: parseHex(by), nonce: 1n, command }, CIRCUMSTANCES);
      return verdict.ok ? 'ok' : verdict.reason;
    } catch (error) {
      if (error instanceof DecodeError) return refusalOf(error.code);
      throw error;
    }
  }

  it('agree on who may order what until when, by window, rights and epoch', async () => {
    const { pick, near } = draws(1);
    const people = [world.owner.address, world.guest.address, world.guest.address, world.stranger.address];
    const cases = Array.from({ length: CASES }, (): Case => {
      const epoch = pick([1, 2, 65_535]);
      const order = orderWord({
        lockId: lock.id,
        epoch: pick([epoch, epoch, epoch, epoch, 1, 2]),
        notAfter: near([0, 0, 300, 300, 900]),
        action: pick([1, 2, 3, 1, 2, 3, 4, 6, 9, 0, 10, 255]),
      });
      const notBefore = pick([0, near([0, 300])]);
      const notAfter = pick([2 ** 40 - 1, 0, near([0, 300]), near([0])]);
      const terms = { notBefore, notAfter, rights: pick([0, 1, 2, 3, 3, 4, 7]), epoch, serial: NOW - 1 };
      const data = encodeFunctionData({ abi: ABI, functionName: 'command', args: [order] });
      return { by: pick(people), data, epoch, stored: pick([0n, termsWord(terms), termsWord(terms)]) };
    });
    const met = new Map<string, number>();
    const answers = await contractSays(cases);
    for (const [i, one] of cases.entries()) {
      const [ours, theirs] = [lockSays(one), answers[i] ?? ''];
      count(met, `${ours} ${theirs}`);
      // Whom the lock does not know it refuses before it looks at the order.
      if (ours === 'unknown-sender') assert.notEqual(theirs, 'ok', `case ${i}`);
      else assert.ok(ours === theirs || isNamed(ours, theirs), `case ${i}: ${ours} ${theirs}`);
    }
    const wanted = [
      'ok',
      'epoch',
      'action',
      'expired',
      'too-far-ahead',
      'not-owner',
      'rights',
      'not-yet',
      'over',
    ];
    assertMet(met, [...wanted, 'unknown-sender']);
  });

  it('agree on grants by epoch and serial; the lock alone refuses what is over a week old', async () => {
    const { pick, near } = draws(2);
    const cases = Array.from({ length: CASES }, (): Case => {
      const epoch = pick([1, 2]);
      const last = pick([NOW - 10, NOW - 8 * DAY, NOW + DAY]);
      const stored = pick([0n, termsWord({ rights: pick([0, 3]), epoch, serial: last })]);
      const fields: TermsFields = {
        padding: pick([0, 0, 0, 0, 0, 1]),
        notBefore: near([0]),
        rights: pick([0, 0, 1, 3, 7, 8]),
        weekdays: pick([0, 0x7f, 1, 1, 0x80]),
        dayStart: pick([0, 0, 540, 1_439, 1_440]),
        dayEnd: pick([0, 0, 540, 1_439, 1_440]),
        uses: pick([0, 1, 65_535]),
        epoch: pick([epoch, epoch, epoch, 3]),
        serial: pick([last - 1, last, last + 1, NOW, near([-7 * DAY, DAY]), 0, 2 ** 32 - 1]),
      };
      const args = [lock.id, world.guest.address, termsWord(fields)];
      const data = encodeFunctionData({ abi: ABI, functionName: 'grant', args });
      return {
        by: pick([world.owner.address, world.owner.address, world.guest.address]),
        data,
        epoch,
        stored,
      };
    });
    const met = new Map<string, number>();
    const answers = await contractSays(cases);
    for (const [i, one] of cases.entries()) {
      const [ours, theirs] = [lockSays(one), answers[i] ?? ''];
      count(met, `${ours} ${theirs}`);
      const isSame = ours === theirs || isNamed(ours, theirs);
      assert.ok(isSame || isKnownDifference(one, ours, theirs), `case ${i}: ${ours} ${theirs}`);
    }
    assertMet(met, ['ok', 'epoch', 'terms', 'calldata', 'serial', 'serial-age', 'not-owner']);
  });

  it('leave weekdays, hours and uses to the lock alone', async () => {
    const fields = { rights: 3, epoch: 1, serial: NOW - 1 };
    const { weekday, minute } = greenwich(NOW);
    const order = orderWord({ lockId: lock.id, epoch: 1, notAfter: NOW + 300, action: 2 });
    const data = encodeFunctionData({ abi: ABI, functionName: 'command', args: [order] });
    const hours = { dayStart: (minute + 1) % 1_440, dayEnd: (minute + 2) % 1_440 };
    const narrowed = [
      termsWord({ ...fields, weekdays: 0x7f & ~(1 << weekday) }),
      termsWord({ ...fields, ...hours }),
      termsWord({ ...fields, uses: 1 }),
    ];
    const cases = narrowed.map((stored) => ({ by: world.guest.address, data, epoch: 1, stored }));
    assert.deepEqual(await contractSays(cases), ['ok', 'ok', 'ok']);
    assert.deepEqual(cases.map(lockSays), ['schedule', 'schedule', 'uses']);
  });

  /** Where the two differ on purpose, each on its safe side. */
  function isKnownDifference({ data, stored }: Case, ours: RefusalReason | 'ok', theirs: string): boolean {
    const terms = BigInt.asUintN(256, BigInt(`0x${data.slice(-64)}`));
    const isRevocation = ((terms >> 104n) & 0xffn) === 0n;
    const serial = Number(terms & 0xffff_ffffn);
    // The lock takes a revocation with any serial that is above the last: it never admits.
    if (theirs === 'SerialTooFar' && ours === 'ok') return isRevocation;
    // It takes the word apart before it looks who signed it, and in which epoch.
    if (ours === 'terms' || ours === 'calldata') return theirs === 'NotOwner' || theirs === 'WrongEpoch';
    // It judges the serial's place before its distance, the contract after.
    if (theirs === 'SerialTooFar' && ours === 'serial') return true;
    // The lock alone remembers how old a word may be that it sees for the first time.
    if (ours === 'serial-age' && serial < NOW - 7 * DAY) return theirs === 'ok' || theirs === 'StaleSerial';
    // A revocation shown again changes nothing there, and is no news here.
    return ours === 'serial' && theirs === 'ok' && isRevocation && serial === Number(stored & 0xffff_ffffn);
  }
});

const CIRCUMSTANCES: Circumstances = {
  time: { floorSeconds: NOW, nowSeconds: NOW },
  challenge16: new Uint8Array(16).fill(1),
  isStrict: false,
  takeTurn: () => true,
  isLockedOut: () => false,
  zone: UTC,
  isLeaseOver: false,
  isCaughtUp: true,
};

/** Seeded choices: the same cases in each run. */
function draws(seed: number) {
  let state = seed * 2_654_435_761;
  const next = (size: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * size);
  };
  const pick = <T>(items: readonly T[]): T => {
    const item = items[next(items.length)];
    assert.ok(item !== undefined);
    return item;
  };
  /** A second within two of one of these distances from now. */
  const near = (seconds: readonly number[]): number => NOW + pick(seconds) + next(5) - 2;
  return { pick, near };
}

function greenwich(unixSeconds: number): { weekday: number; minute: number } {
  const date = new Date(unixSeconds * 1000);
  return { weekday: (date.getUTCDay() + 6) % 7, minute: 60 * date.getUTCHours() + date.getUTCMinutes() };
}

function isNamed(ours: RefusalReason | 'ok', theirs: string): boolean {
  return ours !== 'ok' && NAMES[ours]?.includes(theirs) === true;
}

function count(met: Map<string, number>, what: string): void {
  met.set(what, (met.get(what) ?? 0) + 1);
}

/** Random cases that never met a reason would show nothing of it. */
function assertMet(met: ReadonlyMap<string, number>, reasons: readonly string[]): void {
  const found = new Set([...met.keys()].map((pair) => pair.split(' ')[0]));
  for (const reason of reasons) assert.ok(found.has(reason), `no case was ${reason}`);
}
