import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { EXIT_CODES, Failure, messageOf } from '../../tools/latchkey/owner/failure.js';
import { formatPairingCode, formatPairingUri } from '../../tools/latchkey/owner/pairing-code.js';
import { chooseHostEngine } from '../engines/host-engine.js';
import { placeOnXs } from '../engines/xs-place.js';
import { type ControlPlace, type ControlPort, openControl } from './control-port.js';
import { claimFolder } from './folder-claim.js';
import { LockBench } from './lock-bench.js';
import { type LockLine, lockLine } from './lock-lines.js';
import type { LockOptions } from './options.js';

/** One lock as a process: its bench, its control socket, and what it prints. */
export class LockProgram {
  readonly #options: LockOptions;
  readonly #write: (text: string) => void;
  readonly #bench: LockBench;
  readonly #release: () => void;
  #control: ControlPort | undefined;
  #port = 0;
  #lock: string | null = null;
  #isPaired: boolean | null = null;
  /** What is told before it is said how to reach the lock. */
  #early: LockLine[] | undefined = [];

  private constructor(
    options: LockOptions,
    write: (text: string) => void,
    bench: LockBench,
    release: () => void,
  ) {
    this.#options = options;
    this.#write = write;
    this.#bench = bench;
    this.#release = release;
  }

  /** Takes the folder, boots the lock that lives there, and says how to reach it. @throws Failure */
  static async start(options: LockOptions, write: (text: string) => void): Promise<LockProgram> {
    const release = claimFolder(options.data);
    let program: LockProgram | undefined;
    try {
      program = new LockProgram(options, write, await createBench(options), release);
      await program.#start();
      return program;
    } catch (error) {
      program?.stop();
      release();
      throw error;
    }
  }

  stop(): void {
    this.#bench.stop();
    this.#control?.close();
    this.#release();
  }

  async #start(): Promise<void> {
    const options = this.#options;
    const bench = this.#bench;
    bench.host.on((event) => {
      if (event.kind === 'notice' && event.notice.event === 'booted') {
        this.#lock = formatHex(event.notice.lock);
        this.#isPaired = event.notice.paired;
      }
      if (event.kind === 'notice' && event.notice.event === 'paired') this.#isPaired = true;
      const line = lockLine(event);
      if (line !== undefined) this.#show(line);
    });
    const target = { bench, identity: () => this.#identity(), pairingText: () => this.#pairingText() };
    this.#control = await openControl(options.data, target, options.control);
    this.#port = await bench.start().catch((error: unknown) => {
      throw new Failure(
        EXIT_CODES.failed,
        `cannot listen for pairing at port ${options.port} (${messageOf(error)}): name another with --port`,
      );
    });
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#show({ event: 'ready', text: this.#greeting(this.#control.place), ...this.#identity() });
    if (bench.isNew)
      this.#show({ event: 'box', text: this.#box(), code: this.#pairingText(), uri: this.#pairingUri() });
    for (const line of early) this.#show(line);
  }

  #identity() {
    return {
      lock: this.#lock,
      paired: this.#isPaired,
      data: this.#options.data,
      pairingPort: this.#port,
      rpc: this.#options.rpc ?? null,
      registry: this.#options.registry ?? null,
    };
  }

  #pairingText(): string {
    return formatPairingCode(this.#bench.host.pairingSecret16);
  }

  #pairingUri(): string {
    return formatPairingUri(this.#bench.host.pairingSecret16);
  }

  #greeting(place: ControlPlace): string {
    const { data, rpc, registry } = this.#options;
    const chain = `${rpc === undefined ? '' : ` --rpc ${rpc.join(',')}`}${registry === undefined ? '' : ` --registry ${registry}`}`;
    return [
      `lock      ${this.#lock ?? 'without power'}${this.#isPaired === false ? ', not paired yet' : ''}`,
      `control   npm run lock -- ctl ${data} help     (${'port' in place ? `127.0.0.1:${place.port}` : place.path})`,
      `pairing   npm run lock -- ctl ${data} press`,
      `          latchkey pair --at 127.0.0.1:${this.#port}${chain}`,
    ].join('\n');
  }

  #box(): string {
    return `code      ${this.#pairingText()}     (what the box would carry; ctl ${this.#options.data} secret shows it again)`;
  }

  #show(line: LockLine): void {
    if (this.#early !== undefined) {
      this.#early.push(line);
      return;
    }
    const { event, text, ...fields } = line;
    this.#write(
      this.#options.json ? `${JSON.stringify({ event, at_ms: Date.now(), ...fields })}\n` : `${text}\n`,
    );
  }
}

async function createBench({ data, engine, port, reportUrl, pollMs }: LockOptions): Promise<LockBench> {
  const place = engine === 'xs' ? await placeOnXs() : undefined;
  return new LockBench({
    data,
    engine: guardEngine(chooseHostEngine(engine === 'xs' ? 'noble' : engine)),
    ...(place !== undefined && { place }),
    ...(port !== undefined && { pairingPort: port }),
    ...(reportUrl !== undefined && { reportUrl }),
    ...(pollMs !== undefined && { pollMs }),
  });
}
