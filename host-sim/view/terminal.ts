import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { Report } from '../../firmware/protocol/report.js';
import type { ConsoleEvent, JsonEvent, View } from '../console-event.js';
import { type DoorLook, drawDoor } from './door-art.js';
import { STAGES, sinceSending, type Toggle } from './timeline.js';
import { alarmWord, alarmWords, grouped, shortHex, toolWords } from './words.js';

export interface TerminalViewOptions {
  readonly stream: NodeJS.WriteStream;
  /** What an onlooker sees; asked at each frame. */
  readonly look: () => DoorLook & { readonly powered: boolean };
  readonly unixMs: () => number;
}

const FRAME_MS = 80;
/** Ages and the bolt's way change without an event. */
const REFRESH_MS = 1_000;
const TOGGLES_SHOWN = 4;
const REFUSED_ROWS = 3;
const COLUMNS_MIN = 80;
/** What the door and the name of the row leave of a narrow terminal. */
const ALARM_CHARACTERS = 46;

type Ready = Extract<JsonEvent, { event: 'ready' }>;

/** The live picture for people: door and bolt, the last report, the stages of each toggle, what was refused. */
export class TerminalView implements View {
  readonly #options: TerminalViewOptions;
  readonly #draw: ReturnType<typeof createLogUpdate>;
  readonly #isUnicode = hasUnicode();
  readonly #toggles = new Map<number, Toggle>();
  readonly #refused = new Map<string, number>();
  readonly #refresh: NodeJS.Timeout;
  #frame: NodeJS.Timeout | undefined;
  #steps: string[] = [];
  #ready: Ready | undefined;
  #head = 0;
  #bolt = 'unknown';
  #cause = '';
  #report: Report | undefined;
  #reportAtMs = 0;
  #reportsVerified = 0;
  #problem: string | undefined;
  #message = '';
  #lie: string | null = null;

  constructor(options: TerminalViewOptions) {
    this.#options = options;
    this.#draw = createLogUpdate(options.stream);
    this.#refresh = setInterval(() => this.#render(), REFRESH_MS);
    this.#refresh.unref();
  }

  show(event: ConsoleEvent, atUnixMs: number): void {
    this.#take(event, atUnixMs);
    this.wake();
  }

  /** Draws soon; many changes make one frame. */
  wake(): void {
    this.#frame ??= setTimeout(() => {
      this.#frame = undefined;
      this.#render();
    }, FRAME_MS);
  }

  close(): void {
    clearInterval(this.#refresh);
    if (this.#frame) clearTimeout(this.#frame);
    this.#render();
    this.#draw.done();
  }

  #take(event: ConsoleEvent, atUnixMs: number): void {
    switch (event.event) {
      case 'step':
        this.#steps.push(event.text);
        break;
      case 'ready':
        this.#ready = event;
        break;
      case 'polled':
        this.#head = event.head;
        break;
      case 'bolt':
        this.#bolt = event.position;
        this.#cause = event.cause;
        break;
      case 'refused':
        this.#refused.set(event.reason, (this.#refused.get(event.reason) ?? 0) + 1);
        break;
      case 'alarm':
        this.#message = `alarm ${event.on ? 'on' : 'off'}: ${alarmWord(event.alarm)}`;
        break;
      case 'toggle':
        this.#toggles.set(event.toggle.number, event.toggle);
        break;
      case 'checked':
        this.#problem = event.problem;
        if (event.report && event.problem === undefined) {
          this.#report = event.report;
          this.#reportAtMs = atUnixMs;
          this.#reportsVerified++;
        }
        break;
      case 'power':
        this.#message = event.on ? 'power on: the lock has booted' : 'power off';
        break;
      case 'lie':
        this.#lie = event.title;
        break;
      case 'message':
        this.#message = event.text;
        break;
      case 'done':
        this.#message = `${event.ok} of ${event.toggles} toggles, ${event.reportsVerified} reports verified`;
        break;
      case 'report':
        break;
    }
  }

  #render(): void {
    const columns = Math.max(COLUMNS_MIN, this.#options.stream.columns ?? COLUMNS_MIN);
    const lines = this.#ready ? this.#picture(this.#ready, columns) : this.#startUp();
    // Terminals that know synchronised output show a frame whole; the others ignore these two.
    this.#options.stream.write('\u001b[?2026h');
    this.#draw(lines.join('\n'));
    this.#options.stream.write('\u001b[?2026l');
  }

  #startUp(): string[] {
    const tick = this.#isUnicode ? '✓' : '*';
    return [
      pc.bold('Latchkey'),
      '',
      ...this.#steps.map((text, i) =>
        i === this.#steps.length - 1 ? `  ${pc.cyan('>')} ${text}` : `  ${pc.green(tick)} ${pc.dim(text)}`,
      ),
      ...(this.#message ? ['', `  ${this.#message}`] : []),
    ];
  }

  #picture(ready: Ready, columns: number): string[] {
    const look = this.#options.look();
    const paint = { locked: pc.green, unlocked: pc.yellow, between: pc.cyan }[look.bolt];
    const door = drawDoor(look, this.#isUnicode, paint);
    const facts = this.#facts(look.powered);
    const ellipsis = this.#isUnicode ? '…' : '..';
    return [
      ` ${pc.bold('Latchkey')}   lock ${shortHex(ready.lock, ellipsis)}   owner ${shortHex(ready.owner, ellipsis)}   chain ${ready.chainId}   block ${grouped(this.#head)}`,
      pc.dim(` ${ready.rpc}   registry ${ready.registry}`),
      ...toolWords(ready)
        .slice(0, 1)
        .map((line) => pc.dim(` ${line}`)),
      '',
      ...door.map((row, i) => `  ${row}   ${facts[i] ?? ''}`),
      '',
      ...this.#toggleRows(),
      '',
      ...this.#refusedRows(columns),
      this.#messageRow(),
      this.#keyRow(),
    ];
  }

  #facts(powered: boolean): string[] {
    const { unixMs } = this.#options;
    const fact = (name: string, value: string) => `${pc.dim(name.padEnd(8))}${value}`;
    const report = this.#report;
    const bolt = powered ? paintPosition(this.#bolt) : pc.red('no power');
    if (!report) return ['', fact('bolt', bolt), fact('report', pc.dim('none yet'))];
    const age = Math.max(0, Math.round((unixMs() - this.#reportAtMs) / 1_000));
    const check = this.#problem ? pc.red(`not verified: ${this.#problem}`) : pc.green('verified');
    const last = report.lastCommand;
    return [
      fact('bolt', `${bolt}${powered && this.#cause ? pc.dim(`  (${this.#cause})`) : ''}`),
      fact('report', `#${report.seq} ${report.cause}, ${check}, ${age} s ago`),
      fact(
        'says',
        `bolt ${report.bolt}, door ${report.door}, epoch ${report.epoch}, boot ${report.bootCount}`,
      ),
      fact('order', last ? orderWords(last.command, last.reason) : pc.dim('none since this boot')),
      fact(
        'battery',
        report.batteryMilliVolts === undefined ? '-' : `${grouped(report.batteryMilliVolts)} mV`,
      ),
      fact('alarms', report.alarms === 0 ? 'none' : pc.red(alarmWords(report.alarms, ALARM_CHARACTERS))),
      fact('checked', `${this.#reportsVerified} reports: signature, number and link`),
    ];
  }

  #toggleRows(): string[] {
    const header = `  ${'toggle'.padEnd(10)}${STAGES.map((stage) => stage.padStart(9)).join('')}`;
    const shown = [...this.#toggles.values()].slice(-TOGGLES_SHOWN).reverse();
    const rows = shown.map((toggle) => {
      const name = `${toggle.number} ${toggle.action}`.padEnd(10);
      if (toggle.state === 'failed')
        return `  ${name}${pc.red(`  failed: ${toggle.problem}`.slice(0, COLUMNS_MIN - 14))}`;
      const cells = sinceSending(toggle).map((ms) => (ms === undefined ? '.' : grouped(ms)).padStart(9));
      return `  ${name}${toggle.state === 'ok' ? cells.join('') : pc.cyan(cells.join(''))}`;
    });
    while (rows.length < TOGGLES_SHOWN) rows.push('');
    return [pc.dim(`${header} ms`), ...rows];
  }

  #refusedRows(columns: number): string[] {
    const rows = [''];
    // The newest reasons are the ones to see where there is no room for all.
    for (const [reason, count] of [...this.#refused].reverse()) {
      const entry = `${reason} ${count}`;
      const row = rows[0] as string;
      if (row === '') rows[0] = entry;
      else if (row.length + entry.length + 3 <= columns - 13) rows[0] = `${entry}   ${row}`;
      else if (rows.length < REFUSED_ROWS) rows.unshift(entry);
      else break;
    }
    while (rows.length < REFUSED_ROWS) rows.push('');
    return rows.map((row, i) => {
      const label = pc.dim((i === 0 ? 'refused' : '').padEnd(9));
      return `  ${label}${i === 0 && row === '' ? pc.dim('nothing') : pc.red(row)}`;
    });
  }

  #messageRow(): string {
    if (this.#lie !== null) return `  ${pc.magenta(`the node lies: ${this.#lie}`)}`;
    return `  ${this.#message.slice(0, COLUMNS_MIN - 4)}`;
  }

  #keyRow(): string {
    const key = (letter: string, what: string) => `${pc.bold(letter)} ${pc.dim(what)}`;
    const keys = [
      key('u', 'unlock'),
      key('l', 'lock'),
      key('x', 'let the node lie'),
      key('p', 'pull the power'),
      key('q', 'quit'),
    ];
    return `  ${keys.join('    ')}`;
  }
}

const COMMAND_WORDS: Readonly<Record<number, string>> = Object.freeze({
  1: 'lock',
  2: 'unlock',
  3: 'unlock, then relock',
  4: 'privacy on',
  5: 'privacy off',
  128: 'grant',
  129: 'handover',
});

function orderWords(command: number, reason: string): string {
  const what = COMMAND_WORDS[command] ?? `command ${command}`;
  return reason === 'none' ? `${what}, accepted` : `${what}, ${pc.red(`refused: ${reason}`)}`;
}

function paintPosition(position: string): string {
  if (position === 'locked') return pc.green(position);
  if (position === 'unlocked') return pc.yellow(position);
  return position === 'jammed' ? pc.red(position) : pc.cyan(position);
}

function hasUnicode(): boolean {
  if (process.platform === 'win32') return process.env['WT_SESSION'] !== undefined;
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || (process.platform === 'darwin' ? 'UTF-8' : ''));
}
