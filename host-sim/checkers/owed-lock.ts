import type { Door, SensedBolt } from '../../firmware/protocol/report.js';
import { readNumberSettings } from '../../firmware/protocol/setting.js';
import type { Checker, Scene } from './checker.js';

/** The lock waits a second for its sensors, and flash takes its time. */
const RESUME_MS = 10_000;

/**
 * A bolt that was on its way to locked for an order when the power failed is driven there after the next boot; under
 * auto-relock, whose time begins anew, once that is over.
 */
export function owedLock(scene: Scene, fail: (found: string) => void): Checker {
  const dueMs = RESUME_MS + (readNumberSettings(scene.weather.texts).autoRelockMs ?? 0);
  let bolt: SensedBolt = 'unknown';
  let door: Door = 'unknown';
  let isLocking = false;
  let isOwed = false;
  let isDue = false;
  let wasOpen = false;
  const settle = () => {
    isOwed = false;
    isLocking = false;
  };
  return {
    says: 'A lock that a power cut interrupts is carried out once there is power again.',
    cut() {
      isOwed ||= isLocking;
      isLocking = false;
      isDue = false;
      bolt = 'unknown';
      door = 'unknown';
    },
    boot() {
      isDue = isOwed;
      wasOpen = false;
    },
    rolledBack: settle,
    input(input) {
      if (input.kind === 'bolt-sensed') bolt = input.bolt;
      if (input.kind === 'door-sensed') door = input.door;
      wasOpen ||= door === 'open';
      const isAnswered =
        bolt === 'locked' || input.kind === 'button-pressed' || input.kind === 'outside-pressed';
      if (isAnswered || input.kind === 'store-failed') settle();
      if (!isOwed || !isDue || wasOpen || scene.uptimeMs < dueMs) return;
      settle();
      fail('the bolt was on its way to locked before the power cut, and is not driven there now');
    },
    output(output) {
      if (output.kind === 'stop-bolt') isLocking = false;
      if (output.kind !== 'drive-bolt') return;
      settle();
      isLocking = output.target === 'locked' && scene.witness.lastInput === 'stored';
    },
  };
}
