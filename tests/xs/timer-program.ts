import { encodeMessage } from '../../firmware/targets/xs-host/frame.js';
import type { XsHost } from '../../firmware/targets/xs-host/xs-host.js';

/** What host.c puts into the global object. */
interface HostGlobals {
  readonly console: { log(...words: readonly unknown[]): void };
  setTimeout(callback: unknown, ms?: number): number;
  setInterval(callback: () => void, ms?: number): number;
  clearTimeout(id?: number): void;
  clearInterval(id?: number): void;
}

/** Sets timers of every kind, returns, and sends what happened, in order, from the last of them. */
export default function main(host: XsHost): void {
  const { console, setTimeout, setInterval, clearTimeout, clearInterval } =
    globalThis as unknown as HostGlobals;
  const happened: string[] = [];
  const note = (word: string) => () => happened.push(word);
  setTimeout(note('second'), 20);
  setTimeout(note('first'), 5);
  setTimeout(note('at once'));
  clearTimeout(setTimeout(note('never'), 1));
  clearTimeout();
  clearTimeout(4_711);
  setTimeout(() => Promise.resolve().then(note('job')), 25);
  const interval = setInterval(() => {
    happened.push('again');
    if (happened.filter((word) => word === 'again').length === 3) clearInterval(interval);
  }, 30);
  try {
    setTimeout('text', 1);
  } catch (error) {
    happened.push(error instanceof TypeError ? 'type' : String(error));
  }
  setTimeout(() => {
    console.log('timers', happened.length);
    host.send(encodeMessage({ kind: 'happened', words: happened }));
  }, 200);
}
