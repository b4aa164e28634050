import type { ConsoleEvent, View } from '../console-event.js';
import { alarmWord, reportFacts, shortHex, toggleWords, toolWords } from './words.js';

/** Plain lines, for logs and pipes. */
export class PlainView implements View {
  readonly #out: (line: string) => void;
  readonly #aside: (line: string) => void;

  constructor(out: (line: string) => void, aside: (line: string) => void) {
    this.#out = out;
    this.#aside = aside;
  }

  show(event: ConsoleEvent, _atUnixMs: number): void {
    const line = wordsOf(event);
    if (line === undefined) return;
    if (event.event === 'step') this.#aside(`latchkey: ${line}\n`);
    else this.#out(`${line}\n`);
  }

  close(): void {}
}

function wordsOf(event: ConsoleEvent): string | undefined {
  switch (event.event) {
    case 'step':
    case 'message':
      return event.text;
    case 'ready':
      return [
        `ready: lock ${event.lock}`,
        `  registry ${event.registry} on chain ${event.chainId}, ${event.rpc}`,
        `  owner ${event.owner}${event.ownerKey ? `, key ${event.ownerKey} (throw-away chain)` : ''}`,
        ...toolWords(event).map((line) => `  ${line}`),
        '  keys, one a line: u unlock, l lock, x let the node lie, p pull the power, q quit',
      ].join('\n');
    case 'bolt': {
      const by = event.by === null ? '' : ` by ${shortHex(event.by)}`;
      return `bolt ${event.position} (${event.cause}${by})`;
    }
    case 'refused':
      return `refused ${event.reason}${event.by ? ` from ${shortHex(event.by)}` : ''}${event.tx ? ` tx ${shortHex(event.tx)}` : ''}`;
    case 'alarm':
      return `alarm ${event.on ? 'on' : 'off'}: ${alarmWord(event.alarm)}`;
    case 'checked':
      if (event.problem !== undefined) return `report NOT verified: ${event.problem}`;
      return event.report && `report ${reportFacts(event.report)}: verified`;
    case 'toggle':
      return event.toggle.state === 'running' ? undefined : toggleWords(event.toggle);
    case 'power':
      return event.on ? 'power on' : 'power off';
    case 'lie':
      return event.title === null ? 'the node is honest again' : `the node lies: ${event.title}`;
    case 'done': {
      const times = event.p50_ms === null ? '' : `, p50 ${event.p50_ms} ms, p95 ${event.p95_ms} ms`;
      return `done: ${event.ok} of ${event.toggles} toggles${times}, ${event.reportsVerified} reports verified`;
    }
    default:
      return undefined;
  }
}
