import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import type { VerifiedReport } from '../../firmware/crypto/report.js';
import type { Input, Output } from '../../firmware/lock/ports.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import type { Checker, CheckerFactory, Scene } from '../checkers/checker.js';
import type { PairingSight } from '../checkers/pairing-ear.js';
import type { SignedWord } from '../world/archive.js';
import type { FlashImage } from '../world/faulty-flash.js';
import type { Audience } from './lock-body.js';
import { ReportReader } from './report-reader.js';
import type { Trace } from './trace.js';

/** An invariant that did not hold. */
export interface Violation {
  readonly checker: string;
  readonly atMs: number;
  readonly found: string;
}

/** Somebody who notes what is seen, for people; nothing in the world depends on them. */
export interface Onlooker {
  booted(): void;
  cut(): void;
  input(input: Input): void;
  output(output: Output): void;
  /** A report that verifies, the first time that its bytes are on the wire. */
  report(verified: VerifiedReport): void;
}

interface SeenReport {
  readonly cose: Uint8Array;
  /** Undefined where it does not verify. */
  readonly verified: VerifiedReport | undefined;
}

const VIOLATIONS_MAX = 20;

/** Shows everything that can be seen of a lock to all checkers and to the trace. */
export class Stage implements Audience {
  readonly violations: Violation[] = [];
  readonly #reader: ReportReader;
  readonly #scene: Scene;
  readonly #trace: Trace;
  readonly #onlooker: Onlooker | undefined;
  readonly #factories: Readonly<Record<string, CheckerFactory>>;
  #checkers: readonly (readonly [name: string, checker: Checker])[];
  #onInput: readonly Checker[] = [];
  #onOutput: readonly Checker[] = [];
  /** What this boot has seen so far, where the next report may be another lock's. */
  #sinceBoot: ((checker: Checker) => void)[] | undefined;
  #isHeld = false;
  /** Since a factory reset, and until somebody pairs it. */
  #isNobodys = false;
  readonly #seen = new Map<number, SeenReport[]>();

  constructor(
    engine: CryptoEngine,
    scene: Scene,
    trace: Trace,
    factories: Readonly<Record<string, CheckerFactory>>,
    onlooker?: Onlooker,
  ) {
    this.#reader = new ReportReader(engine);
    this.#scene = scene;
    this.#trace = trace;
    this.#onlooker = onlooker;
    this.#factories = factories;
    this.#checkers = Object.keys(factories).map((name) => [name, this.#make(name)]);
    this.#sort();
  }

  fail(checker: string, found: string): void {
    this.#trace.tell(`VIOLATION ${checker}: ${found}`);
    if (this.violations.length < VIOLATIONS_MAX)
      this.violations.push({ checker, atMs: this.#scene.nowMs, found });
  }

  booted(): void {
    this.#trace.tell(`power on, boot ${this.#scene.boot}`);
    this.#onlooker?.booted();
    this.#sinceBoot = this.#isHeld || this.#isNobodys ? [] : undefined;
    this.#scene.witness.boot();
    for (const [, checker] of this.#checkers) checker.boot?.();
  }

  cut(): void {
    this.#trace.tell('power off');
    this.#scene.witness.cut();
    this.#onlooker?.cut();
    for (const [, checker] of this.#checkers) checker.cut?.();
  }

  input(input: Input): void {
    this.#trace.input(input);
    this.#onlooker?.input(input);
    if (input.kind === 'button-held') this.#isHeld = true;
    this.#sinceBoot?.push((checker) => checker.input?.(input));
    this.#scene.witness.input(input);
    this.#heard(this.#scene.witness.hearTool(input));
    for (const checker of this.#onInput) checker.input?.(input);
  }

  output(output: Output): void {
    this.#trace.output(output);
    this.#onlooker?.output(output);
    this.#sinceBoot?.push((checker) => checker.output?.(output));
    for (const checker of this.#onOutput) checker.output?.(output);
    this.#scene.witness.output(output);
    this.#heard(this.#scene.witness.hearLock(output));
    if (output.kind === 'publish') this.#published(output.seq, output.cose);
  }

  crashed(error: unknown): void {
    this.fail(
      'no-crash',
      error instanceof Error ? `the machine threw ${error.name}: ${error.message}` : String(error),
    );
  }

  shown(word: SignedWord): void {
    this.#scene.witness.shown(word);
    for (const [, checker] of this.#checkers) checker.shown?.(word);
  }

  rolledBack(image: FlashImage): void {
    this.#trace.tell('flash rolled back');
    this.#seen.clear();
    this.#scene.witness.rolledBack();
    for (const [, checker] of this.#checkers) checker.rolledBack?.(image);
  }

  end(): void {
    for (const [, checker] of this.#checkers) checker.end?.();
  }

  /** A report that was on the wire; undefined for others and for what does not verify. */
  reportOf(seq: number, cose: Uint8Array): VerifiedReport | undefined {
    return this.#seen.get(seq)?.find((other) => Buffer.compare(other.cose, cose) === 0)?.verified;
  }

  /** Verifies a report; one that does not is a violation. */
  verify(cose: Uint8Array): VerifiedReport | undefined {
    try {
      return this.#reader.read(cose);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.fail('report-chain', `a report that does not verify: ${error.message}`);
      return undefined;
    }
  }

  #published(seq: number, cose: Uint8Array): void {
    const before = this.#seen.get(seq) ?? [];
    if (before.some((other) => Buffer.compare(other.cose, cose) === 0)) return;
    const verified = this.verify(cose);
    if (verified !== undefined) this.#meet(verified.lock20);
    this.#seen.set(seq, [...before, { cose: cose.slice(), verified }]);
    if (verified === undefined) return;
    if (verified.report.seq !== seq)
      this.fail('report-chain', `report ${verified.report.seq} published as ${seq}`);
    this.#trace.report(verified);
    this.#onlooker?.report(verified);
    this.#scene.witness.report(verified.report);
    if (this.#isNobodys && this.#scene.witness.ownership.isPaired) this.#begin();
    this.#sinceBoot?.push((checker) => checker.report?.(verified));
    for (const [, checker] of this.#checkers) checker.report?.(verified);
  }

  #heard(sights: readonly PairingSight[]): void {
    for (const sight of sights) {
      const { lock20 } = sight.talk;
      if (lock20 !== undefined) this.#meet(lock20);
      for (const [, checker] of this.#checkers) checker.talk?.(sight);
      this.#sinceBoot?.push((checker) => checker.talk?.(sight));
      this.#scene.witness.ownership.heard(sight);
    }
    if (this.#isNobodys && this.#scene.witness.ownership.isPaired) this.#begin();
  }

  #make(name: string): Checker {
    const make = this.#factories[name];
    if (make === undefined) throw new Error(`no checker ${name}`);
    return make(this.#scene, (found) => this.fail(name, found));
  }

  #sort(): void {
    const checkers = this.#checkers.map(([, checker]) => checker);
    this.#onInput = checkers.filter(({ input }) => input !== undefined);
    this.#onOutput = checkers.filter(({ output }) => output !== undefined);
  }

  /** Each checker of the old lock that has no part for this ends here. */
  #reset(lock20: Uint8Array): void {
    this.#checkers = this.#checkers.filter(([, { reset }]) => reset !== undefined);
    for (const [, checker] of this.#checkers) checker.reset?.(lock20);
    this.#sort();
    this.#isHeld = false;
    this.#isNobodys = true;
  }

  /** The lock belongs to somebody again: checkers of the new one begin, and are told what has happened since the boot. */
  #begin(): void {
    const events = this.#sinceBoot ?? [];
    const kept = new Map(this.#checkers);
    this.#isNobodys = false;
    this.#sinceBoot = undefined;
    this.#checkers = Object.keys(this.#factories).map((name) => {
      const old = kept.get(name);
      if (old !== undefined) return [name, old];
      const checker = this.#make(name);
      checker.boot?.();
      for (const tell of events) tell(checker);
      return [name, checker];
    });
    this.#sort();
  }

  /** The lock names itself; after a factory reset it is another one, and its numbers begin anew. */
  #meet(lock20: Uint8Array): void {
    const { witness } = this.#scene;
    const before = witness.ownership.lock20;
    if (before !== undefined && equalBytes(lock20, before)) return;
    if (before !== undefined) {
      this.#trace.tell(`the lock is ${formatHex(lock20).slice(0, 10)} from here on`);
      this.#seen.clear();
    }
    witness.meet(lock20);
    if (before !== undefined) this.#reset(lock20);
  }
}
