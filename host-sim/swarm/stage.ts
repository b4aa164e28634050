import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { type VerifiedReport, verifyReport } from '../../firmware/crypto/report.js';
import type { Input, Output } from '../../firmware/lock/ports.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import type { Checker, CheckerFactory, Scene } from '../checkers/checker.js';
import type { SignedWord } from '../world/archive.js';
import type { FlashImage } from '../world/faulty-flash.js';
import type { Audience } from './lock-body.js';
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
  readonly #engine: CryptoEngine;
  readonly #scene: Scene;
  readonly #trace: Trace;
  readonly #onlooker: Onlooker | undefined;
  readonly #checkers: readonly (readonly [name: string, checker: Checker])[];
  readonly #onInput: readonly Checker[];
  readonly #onOutput: readonly Checker[];
  readonly #seen = new Map<number, SeenReport[]>();

  constructor(
    engine: CryptoEngine,
    scene: Scene,
    trace: Trace,
    factories: Readonly<Record<string, CheckerFactory>>,
    onlooker?: Onlooker,
  ) {
    this.#engine = engine;
    this.#scene = scene;
    this.#trace = trace;
    this.#onlooker = onlooker;
    this.#checkers = Object.entries(factories).map(([name, make]) => [
      name,
      make(scene, (found) => this.fail(name, found)),
    ]);
    this.#onInput = this.#checkers.map(([, checker]) => checker).filter(({ input }) => input !== undefined);
    this.#onOutput = this.#checkers
      .map(([, checker]) => checker)
      .filter(({ output }) => output !== undefined);
  }

  fail(checker: string, found: string): void {
    this.#trace.tell(`VIOLATION ${checker}: ${found}`);
    if (this.violations.length < VIOLATIONS_MAX)
      this.violations.push({ checker, atMs: this.#scene.nowMs, found });
  }

  booted(): void {
    this.#trace.tell(`power on, boot ${this.#scene.boot}`);
    this.#onlooker?.booted();
    this.#scene.witness.boot();
    for (const [, checker] of this.#checkers) checker.boot?.();
  }

  cut(): void {
    this.#trace.tell('power off');
    this.#onlooker?.cut();
    for (const [, checker] of this.#checkers) checker.cut?.();
  }

  input(input: Input): void {
    this.#trace.input(input);
    this.#onlooker?.input(input);
    this.#scene.witness.input(input);
    for (const checker of this.#onInput) checker.input?.(input);
  }

  output(output: Output): void {
    this.#trace.output(output);
    this.#onlooker?.output(output);
    for (const checker of this.#onOutput) checker.output?.(output);
    this.#scene.witness.output(output);
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

  #published(seq: number, cose: Uint8Array): void {
    const before = this.#seen.get(seq) ?? [];
    if (before.some((other) => Buffer.compare(other.cose, cose) === 0)) return;
    const verified = this.#verify(cose);
    this.#seen.set(seq, [...before, { cose: cose.slice(), verified }]);
    if (verified === undefined) return;
    if (verified.report.seq !== seq)
      this.fail('report-chain', `report ${verified.report.seq} published as ${seq}`);
    this.#trace.report(verified);
    this.#onlooker?.report(verified);
    this.#scene.witness.report(verified.report);
    for (const [, checker] of this.#checkers) checker.report?.(verified);
  }

  #verify(cose: Uint8Array): VerifiedReport | undefined {
    try {
      return verifyReport(this.#engine, cose);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.fail('report-chain', `a report that does not verify: ${error.message}`);
      return undefined;
    }
  }
}
