import { equalBytes } from '../../firmware/protocol/bytes.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import type { Checker, Scene } from './checker.js';

/** Every report is this lock's, has a number that no other has, and names the one before it. */
export function reportChain(_scene: Scene, fail: (found: string) => void): Checker {
  const hashes = new Map<number, string>();
  let previousHash = '00'.repeat(16);
  let highestSeq = 0;
  let lock: Uint8Array | undefined;
  /** Reports that flash has refused, or a rollback has taken: each may be a link that is missing, and the chain shows it. */
  let excuses = 0;
  return {
    says: 'Reports form one chain without a gap or a fork, and no number stands for two.',
    rolledBack() {
      excuses++;
      hashes.clear();
      highestSeq = 0;
    },
    reset(lock20) {
      lock = lock20;
      hashes.clear();
      previousHash = '00'.repeat(16);
      highestSeq = 0;
      excuses = 0;
    },
    input(input) {
      if (input.kind === 'store-failed') excuses++;
    },
    report({ report, lock20, hash16 }) {
      const { seq, cause } = report;
      lock ??= lock20;
      if (!equalBytes(lock20, lock)) fail(`report ${seq} is another lock's`);
      const hash = formatHex(hash16);
      const other = hashes.get(seq);
      if (other !== undefined && other !== hash) fail(`two reports have the number ${seq}`);
      hashes.set(seq, hash);
      if (seq <= highestSeq) fail(`report ${seq} comes after report ${highestSeq}`);
      highestSeq = Math.max(highestSeq, seq);
      const named = formatHex(report.previousHash16);
      if (named.slice(2) !== previousHash) {
        if (excuses === 0) fail(`report ${seq} does not name the one before it`);
        else excuses--;
      }
      // Heartbeats are leaves: no report names one.
      if (cause !== 'heartbeat') previousHash = hash.slice(2);
    },
  };
}
