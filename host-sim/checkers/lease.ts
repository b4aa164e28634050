import { readNumberSettings } from '../../firmware/protocol/setting.js';
import type { Checker, Scene } from './checker.js';
import { isInTime } from './freshness.js';

/** What whole seconds hide, and what lies between the judgement and the drive. */
const SLACK_MS = 30_000;

/**
 * No order of a guest opens where, for longer than the lease, fewer than half of the endpoints have answered anything.
 * What they answered is not looked into: a node that withholds counts as contact here, though the lock may know better.
 */
export function lease(scene: Scene, fail: (found: string) => void): Checker {
  const leaseMs = readNumberSettings(scene.weather.texts).guestLeaseSeconds * 1_000;
  const urls = new Map<number, string>();
  const answeredMs = new Map<string, number>();
  return {
    says: 'A lock that is out of contact for longer than the lease opens to no guest.',
    boot: () => urls.clear(),
    input(input) {
      if (input.kind !== 'http-done' && input.kind !== 'http-failed') return;
      const url = urls.get(input.id);
      urls.delete(input.id);
      if (url !== undefined && input.kind === 'http-done' && input.status === 200)
        answeredMs.set(url, scene.nowMs);
    },
    output(output) {
      if (output.kind === 'http-post') urls.set(output.id, output.url);
      if (output.kind !== 'drive-bolt' || output.target !== 'unlocked') return;
      if (scene.witness.causeOfDrive() !== 'order') return;
      // Where the lock was told other times, nobody outside knows how long ago it takes its contact to be.
      if (scene.clockAheadSeconds + scene.clockBehindSeconds > 0) return;
      const words = scene.witness.openings().filter((word) => isInTime(word, scene));
      if (words.length === 0 || words.some((word) => scene.witness.isOwners(word))) return;
      const times = [...answeredMs.values()].sort((a, b) => b - a);
      const contactMs = times[halfOf(scene) - 1] ?? 0;
      if (scene.nowMs - contactMs > leaseMs + SLACK_MS)
        fail(
          `the bolt is driven open for a guest, ${Math.round((scene.nowMs - contactMs) / 1_000)} s after the last contact`,
        );
    },
  };
}

/** Half of the endpoints, rounded up; the fewest that were ever set, since nobody outside knows what was taken. */
function halfOf({ weather, witness }: Scene): number {
  const counts = witness.ownership.settings.map(({ endpoints }) => new Set(endpoints).size);
  return Math.ceil(Math.min(weather.nodes.count, ...counts) / 2);
}
