import type { SensedBolt } from '../../firmware/protocol/report.js';
import type { Checker, Scene } from './checker.js';

interface Sensed {
  readonly fromMs: number;
  readonly bolt: SensedBolt;
}

/** A report says `locked` only where the sensor said so at the moment that the report names. */
export function sensedLock(scene: Scene, fail: (found: string) => void): Checker {
  /** What the sensor said in each boot, by uptime. */
  const boots: Sensed[][] = [];
  let current: Sensed[] = [];
  return {
    says: 'Never "locked" unless the sensor says so.',
    boot() {
      current = [{ fromMs: 0, bolt: 'unknown' }];
      boots.push(current);
    },
    // The room is the same.
    reset() {},
    input(input) {
      if (input.kind === 'bolt-sensed') current.push({ fromMs: scene.uptimeMs, bolt: input.bolt });
    },
    report({ report }) {
      if (report.bolt !== 'locked') return;
      const fromMs = report.uptimeSeconds * 1_000;
      // It may have been made in an earlier boot, and boots whose count flash did not take have the same number.
      const wasLocked = boots.some((senses) => wasSensedLocked(senses, fromMs, fromMs + 1_000));
      if (!wasLocked) fail(`report ${report.seq} says locked, and the sensor did not`);
    },
  };
}

function wasSensedLocked(senses: readonly Sensed[], fromMs: number, toMs: number): boolean {
  return senses.some(({ fromMs: sinceMs, bolt }, i) => {
    const untilMs = senses[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    return bolt === 'locked' && sinceMs <= toMs && untilMs >= fromMs;
  });
}
