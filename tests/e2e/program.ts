import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { until } from './patience.js';

const MAIN = fileURLToPath(new URL('../../host-sim/main.js', import.meta.url));

export type Line = Readonly<Record<string, unknown>>;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The simulator as a process of its own, as a stranger starts it. */
export class Program {
  readonly lines: Line[] = [];
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #isOver = false;

  constructor(...words: readonly string[]) {
    this.#child = spawn(process.execPath, [this.main, ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
    let rest = '';
    this.#child.stdout?.on('data', (data: Buffer) => {
      this.#stdout += data.toString();
      const lines = (rest + data.toString()).split('\n');
      rest = lines.pop() ?? '';
      if (words.includes('--json')) this.lines.push(...lines.map((line) => JSON.parse(line) as Line));
    });
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.#stderr += data.toString();
    });
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (code) => {
        this.#isOver = true;
        resolve({ code, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  /** The module that Node runs. */
  get main(): string {
    return MAIN;
  }

  /** Runs to the end, without anything on stdin. */
  static run(...words: readonly string[]): Promise<Ended> {
    const program = new Program(...words);
    program.closeInput();
    return program.ended;
  }

  /** Waits for a line, also one that was printed before. */
  async line(what: string, wanted: (line: Line) => boolean, msMax = 20_000): Promise<Line> {
    try {
      return await until(what, () => this.lines.find(wanted) ?? (this.#isOver ? fail() : false), msMax);
    } catch {
      throw new Error(`no ${what}; stdout:\n${this.#stdout}\nstderr:\n${this.#stderr}`);
    }
  }

  ready(): Promise<Line> {
    return this.line('ready line', ({ event }) => event === 'ready');
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  closeInput(): void {
    this.#child.stdin?.end();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Processes that it started and that run. */
  get children(): readonly number[] {
    return childrenOf(this.#child.pid ?? -1);
  }

  /** For a test that failed on the way. */
  async stop(): Promise<void> {
    if (!this.#isOver) this.#child.kill('SIGTERM');
    await this.ended;
  }
}

/** One lock as a process of its own, or a word to one. */
export class LockProcess extends Program {
  override get main(): string {
    return fileURLToPath(new URL('../../host-sim/lock-main.js', import.meta.url));
  }

  static override run(...words: readonly string[]): Promise<Ended> {
    const program = new LockProcess(...words);
    program.closeInput();
    return program.ended;
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ')[1] === `${parent}`;
      } catch {
        return false;
      }
    });
}

function fail(): never {
  throw new Error('it has ended');
}
