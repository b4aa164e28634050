import { VETO_FIRST_ID } from '../../firmware/lock/veto-watch.js';
import { RETRY_AFTER_SECONDS_MAX } from '../../firmware/protocol/limits.js';
import type { Checker, Scene } from './checker.js';
import { isClockTrue } from './freshness.js';

/** After so many failures in a row a node is left alone for at least this long; a wait is shortened by an eighth at most. */
const FAILURES = 5;
const WAIT_MS = 8_000;

interface Manners {
  failures: number;
  failedMs: number;
  silentUntilMs: number;
}

/** A node that fails again and again is left alone, and so is one that asks for it. */
export function politeness(scene: Scene, fail: (found: string) => void): Checker {
  const nodes = new Map<string, Manners>();
  const asked = new Map<number, string>();
  return {
    says: 'A node that fails is asked ever less often.',
    boot() {
      nodes.clear();
      asked.clear();
    },
    output(output) {
      // The search for a veto knows nothing of what the poll met, and asks seldom.
      if (output.kind !== 'http-post' || output.id >= VETO_FIRST_ID) return;
      asked.set(output.id, output.url);
      const node = nodes.get(output.url);
      if (scene.witness.ownership.isConfigured) nodes.clear();
      // A lock that waits for its clock may read all again, and forgets.
      if (node === undefined || scene.witness.ownership.isConfigured || !isClockTrue(scene)) return;
      if (scene.nowMs < node.silentUntilMs) fail(`${output.url} is asked in the silence that it asked for`);
      if (node.failures >= FAILURES && scene.nowMs < node.failedMs + WAIT_MS)
        fail(
          `${output.url} is asked again after ${scene.nowMs - node.failedMs} ms and ${node.failures} failures`,
        );
    },
    input(input) {
      if (input.kind !== 'http-done' && input.kind !== 'http-failed') return;
      const url = asked.get(input.id);
      asked.delete(input.id);
      if (url === undefined) return;
      if (input.kind === 'http-done' && input.status === 200) {
        nodes.delete(url);
        return;
      }
      // What is too large is no fault of the node's.
      if (input.kind === 'http-failed' && input.reason === 'too-large') return;
      const seconds = input.kind === 'http-done' ? (input.retryAfterSeconds ?? 0) : 0;
      nodes.set(url, {
        failures: (nodes.get(url)?.failures ?? 0) + 1,
        failedMs: scene.nowMs,
        silentUntilMs: scene.nowMs + 1_000 * Math.min(seconds, RETRY_AFTER_SECONDS_MAX),
      });
    },
  };
}
