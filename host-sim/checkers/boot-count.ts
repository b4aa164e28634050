import type { Checker, Scene } from './checker.js';

/** Reports of one boot name one number, and those of a later boot a higher one; challenges are made from it. Flash that refuses the count is excused. */
export function bootCount(scene: Scene, fail: (found: string) => void): Checker {
  /** What the reports of a boot say, by the boot as counted from outside. */
  const counts = new Map<number, number>();
  /** Boots of which flash has refused something: their number may come again. */
  const refused = new Set<number>();
  return {
    says: 'Every boot has a number of its own, and it rises.',
    rolledBack() {
      counts.clear();
    },
    input(input) {
      if (input.kind === 'store-failed') refused.add(scene.boot);
    },
    report({ report }) {
      const boot = scene.witness.madeOf(report.seq)?.boot;
      if (boot === undefined) return;
      for (const [other, count] of counts) {
        if (other === boot ? count === report.bootCount : isAfter(boot, other, report.bootCount, count))
          continue;
        if (refused.has(Math.min(boot, other)) && count === report.bootCount) continue;
        fail(
          `report ${report.seq} of boot ${boot} has the number ${report.bootCount}, and boot ${other} ${count}`,
        );
        return;
      }
      counts.set(boot, report.bootCount);
    },
  };
}

/** Whether the later of two boots has the higher number. */
function isAfter(boot: number, other: number, count: number, otherCount: number): boolean {
  return boot > other === count > otherCount && count !== otherCount;
}
