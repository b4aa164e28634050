import { isZeroBytes } from '../../firmware/protocol/bytes.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import {
  BOLT_EVENTS_PER_WINDOW_MAX,
  BOLT_TRIES_MAX,
  GUEST_ORDERS_PER_WINDOW_MAX,
  RATE_WINDOW_SECONDS,
  REFUSALS_PER_WINDOW_MAX,
} from '../../firmware/protocol/limits.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { Weather } from '../swarm/weather.js';
import type { SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';

const WINDOW_MS = RATE_WINDOW_SECONDS * 1_000;
/** So many orders of one guest in the last minutes are a flood. */
const FLOOD_WORDS = 20;
const FLOOD_MS = 180_000;
/** How long the owner waits for the receipt of a lock: a block, a poll, and the guest's orders before it. */
const OBEYED_MS = 150_000;
const LATENCY_MS_MAX = 300;
/** Reports of alarms, boots and presses, leases and their like: what no order causes, in a minute. */
const OTHER_WRITES_MAX = 2 * BOLT_EVENTS_PER_WINDOW_MAX + 20;
/** Two writes for what was accepted, one for a refusal. */
const WRITES_PER_GUEST_MAX = 2 * GUEST_ORDERS_PER_WINDOW_MAX + 2 * REFUSALS_PER_WINDOW_MAX;
const WRITES_PER_OWNERS_WORD = 4;
const OTHER_DRIVES_MAX = BOLT_TRIES_MAX * BOLT_EVENTS_PER_WINDOW_MAX;

/** Something that took a turn of a rate: at some moment from the first to the last. */
interface Turn {
  readonly fromMs: number;
  readonly toMs: number;
  readonly boot: number;
}

/** However many orders a guest signs, six a minute are obeyed and six refusals told, and the owner's lock is not late. */
export function flood(scene: Scene, fail: (found: string) => void): Checker {
  const turns = new Turns(fail);
  const shownMs = new Map<SignedWord, number>();
  const minute = new Minute(scene, fail);
  /** Locks of the owner within a flood that wait for their receipts. */
  let due: readonly SignedWord[] = [];
  /** How much of the archive was looked at; what was signed while the lock was dark, or another one, is not. */
  let read = scene.archive.all.length;
  const isFair = hasNoExcuse(scene.weather);
  const isGuests = (word: SignedWord) => !scene.witness.isOwners(word);
  const checkDue = () => {
    const late = due.find(({ signedMs }) => scene.nowMs > signedMs + OBEYED_MS);
    if (late === undefined) return;
    due = due.filter((word) => word !== late);
    fail(
      `the owner's lock of nonce ${late.nonce} waits for longer than ${OBEYED_MS / 1_000} s in a guest's flood`,
    );
  };
  return {
    says: "A guest's flood moves and writes no more than six orders a minute do, and holds no lock of the owner's up.",
    boot() {
      shownMs.clear();
      due = [];
      read = scene.archive.all.length;
    },
    input() {
      minute.turn();
      if (!isFair) return;
      for (; read < scene.archive.all.length; read++) {
        const word = scene.archive.all[read] as SignedWord;
        if (isOwnersLock(scene, word) && isInFlood(scene, word)) due = [...due, word];
      }
      if (due.length > 0) checkDue();
    },
    output(output) {
      if (output.kind === 'persist') minute.writes++;
      if (output.kind === 'drive-bolt') minute.drives++;
    },
    shown(word) {
      if (!shownMs.has(word)) shownMs.set(word, scene.nowMs);
      minute.shown(word.by, !isGuests(word));
    },
    report({ report }) {
      const made = scene.witness.madeOf(report.seq);
      const { cause, lastCommand } = report;
      if (cause === 'refusal' && lastCommand !== undefined && made !== undefined) {
        const turn = { fromMs: made.atMs, toMs: made.atMs, boot: made.boot };
        turns.take(`refusals of ${formatHex(lastCommand.by)}`, turn, REFUSALS_PER_WINDOW_MAX);
      }
      const word = scene.witness.receiptOf(report);
      if (word === undefined) return;
      // A later order to the bolt takes the place of an earlier one.
      due = due.filter((other) => other !== word && !(other.by === word.by && other.nonce <= word.nonce));
      const fromMs = shownMs.get(word);
      if (word.command.kind !== 'order' || !isGuests(word) || made === undefined || fromMs === undefined)
        return;
      if (made.boot !== scene.boot) return;
      turns.take(
        `orders of ${word.by}`,
        { fromMs, toMs: made.atMs, boot: made.boot },
        GUEST_ORDERS_PER_WINDOW_MAX,
      );
    },
    rolledBack() {
      due = [];
    },
  };
}

/** Turns of rates: more than the rate within a window, however they are placed in their spans, is a failure. */
class Turns {
  readonly #fail: (found: string) => void;
  readonly #taken = new Map<string, readonly Turn[]>();

  constructor(fail: (found: string) => void) {
    this.#fail = fail;
  }

  take(name: string, turn: Turn, max: number): void {
    const taken = [...(this.#taken.get(name) ?? []), turn].slice(-max - 1);
    this.#taken.set(name, taken);
    if (taken.length <= max || taken.some(({ boot }) => boot !== turn.boot)) return;
    const spanMs =
      Math.max(...taken.map(({ toMs }) => toMs)) - Math.min(...taken.map(({ fromMs }) => fromMs));
    if (spanMs < WINDOW_MS) this.#fail(`${taken.length} ${name} within ${spanMs} ms, over ${max} a minute`);
  }
}

/** What a minute may cause by whom the lock was shown orders of, in it and in the one before. */
class Minute {
  readonly #scene: Scene;
  readonly #fail: (found: string) => void;
  #number = -1;
  #guests = new Set<string>();
  #guestsBefore: ReadonlySet<string> = new Set();
  #ownersWords = 0;
  #ownersWordsBefore = 0;
  #boot = 0;
  writes = 0;
  drives = 0;

  constructor(scene: Scene, fail: (found: string) => void) {
    this.#scene = scene;
    this.#fail = fail;
  }

  shown(by: string, isOwners: boolean): void {
    if (isOwners) this.#ownersWords++;
    else this.#guests.add(by);
  }

  turn(): void {
    const number = Math.floor(this.#scene.nowMs / 60_000);
    if (number === this.#number) return;
    const guests = new Set([...this.#guests, ...this.#guestsBefore]).size;
    const owners = this.#ownersWords + this.#ownersWordsBefore;
    const writesMax = OTHER_WRITES_MAX + WRITES_PER_GUEST_MAX * guests + WRITES_PER_OWNERS_WORD * owners;
    const drivesMax = OTHER_DRIVES_MAX + BOLT_TRIES_MAX * (GUEST_ORDERS_PER_WINDOW_MAX * guests + owners);
    const isSteady = this.#boot === this.#scene.boot;
    if (isSteady && this.writes > writesMax)
      this.#fail(`${this.writes} writes in a minute, over ${writesMax}`);
    if (isSteady && this.drives > drivesMax)
      this.#fail(`${this.drives} drives in a minute, over ${drivesMax}`);
    this.#number = number;
    this.#boot = this.#scene.boot;
    this.#guestsBefore = this.#guests;
    this.#guests = new Set();
    this.#ownersWordsBefore = this.#ownersWords;
    this.#ownersWords = 0;
    this.writes = 0;
    this.drives = 0;
  }
}

function isInFlood({ archive, nowMs }: Scene, { by }: SignedWord): boolean {
  const counts = new Map<string, number>();
  const { all } = archive;
  for (let i = all.length - 1; i >= 0; i--) {
    const word = all[i] as SignedWord;
    if (word.signedMs < nowMs - FLOOD_MS) break;
    if (word.by === by || word.command.kind !== 'order') continue;
    const count = (counts.get(word.by) ?? 0) + 1;
    if (count >= FLOOD_WORDS) return true;
    counts.set(word.by, count);
  }
  return false;
}

/** A lock that nothing speaks against: no challenge, which may be replaced on the way, and time enough. */
function isOwnersLock({ witness, nowSeconds }: Scene, word: SignedWord): boolean {
  const { command } = word;
  if (command.kind !== 'order' || command.order.action !== ACTION.lock || !witness.isOwners(word))
    return false;
  const { challenge4, notAfterSeconds } = command.order;
  return isZeroBytes(challenge4) && (notAfterSeconds - nowSeconds) * 1_000 >= OBEYED_MS;
}

/** A world in which nothing but people keeps the lock from its work. */
function hasNoExcuse({
  network,
  nodes,
  chain,
  flash,
  power,
  clock,
  sink,
  room,
  people,
  texts,
}: Weather): boolean {
  const faults = [
    network.loss + network.late + network.drip + network.partitionsPerHour,
    nodes.moodsPerHour + Number(nodes.isAllByzantine),
    chain.reorgsPerHour + chain.feeSpikesPerHour,
    flash.refusalsPerHour + flash.rollbacksPerHour + power.cutsPerHour,
    sink.losses + sink.lostAcks + sink.outagesPerHour,
    room.jams + room.sensorFaultsPerHour,
    people.cancelled + people.handoversPerHour,
  ];
  const isPrompt = network.latencyMs <= LATENCY_MS_MAX && texts.get('idle-poll') !== '300';
  return faults.every((fault) => fault === 0) && isPrompt && clock.kind === 'true';
}
