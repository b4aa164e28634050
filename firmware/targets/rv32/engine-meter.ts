import type { CryptoEngine } from '../../crypto/engine.js';
import type { Rv32Host } from './rv32-host.js';

/** Instructions and calls of one engine function within a span. */
export interface FunctionUse {
  readonly calls: number;
  readonly instructions: number;
}

export type EngineUse = Readonly<Record<string, FunctionUse>>;

/** An engine that counts what each of its functions takes. */
export class EngineMeter {
  readonly engine: CryptoEngine;
  readonly #host: Rv32Host;
  #uses = new Map<string, FunctionUse>();

  constructor(engine: CryptoEngine, host: Rv32Host) {
    this.#host = host;
    const count =
      <Args extends readonly unknown[], Result>(name: string, call: (...args: Args) => Result) =>
      (...args: Args): Result =>
        this.#count(name, () => call(...args));
    this.engine = {
      name: engine.name,
      keccak256: count('keccak256', engine.keccak256),
      sha256: count('sha256', engine.sha256),
      hmacSha256: count('hmacSha256', engine.hmacSha256),
      publicKey: count('publicKey', engine.publicKey),
      signRecoverable: count('signRecoverable', engine.signRecoverable),
      recover: count('recover', engine.recover),
      verify: count('verify', engine.verify),
      ecdh: count('ecdh', engine.ecdh),
    };
  }

  /** @returns what a piece of work asks of the engine */
  use(run: () => void): EngineUse {
    this.#uses = new Map();
    // So that none falls into the work.
    this.#host.collect();
    run();
    return Object.fromEntries(this.#uses);
  }

  #count<Result>(name: string, call: () => Result): Result {
    const start = this.#host.instructions();
    const result = call();
    const instructions = this.#host.instructions() - start;
    const before = this.#uses.get(name) ?? { calls: 0, instructions: 0 };
    this.#uses.set(name, { calls: before.calls + 1, instructions: before.instructions + instructions });
    return result;
  }
}
