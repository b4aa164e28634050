import type { ConsoleEvent, View } from '../console-event.js';

const PRINTED: readonly string[] = Object.freeze(['ready', 'bolt', 'refused', 'alarm', 'report', 'done']);

/** One JSON object a line on stdout; steps and messages go to stderr. */
export class JsonLinesView implements View {
  readonly #out: (line: string) => void;
  readonly #aside: (line: string) => void;

  constructor(out: (line: string) => void, aside: (line: string) => void) {
    this.#out = out;
    this.#aside = aside;
  }

  show(event: ConsoleEvent, atUnixMs: number): void {
    if (PRINTED.includes(event.event)) {
      const { event: name, ...fields } = event;
      this.#out(`${JSON.stringify({ event: name, at_ms: Math.round(atUnixMs), ...fields })}\n`);
    } else if (event.event === 'step' || event.event === 'message') {
      this.#aside(`latchkey: ${event.text}\n`);
    }
  }

  close(): void {}
}
