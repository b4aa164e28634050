import type { Door } from '../../firmware/protocol/report.js';
import type { Checker, Scene } from './checker.js';

/** While the contact says that the door stands open, the bolt is not driven out. */
export function openDoor(_scene: Scene, fail: (found: string) => void): Checker {
  let door: Door = 'unknown';
  return {
    says: 'No bolt is thrown into the air.',
    boot() {
      door = 'unknown';
    },
    input(input) {
      if (input.kind === 'door-sensed') door = input.door;
    },
    output(output) {
      if (output.kind === 'drive-bolt' && output.target === 'locked' && door === 'open')
        fail('the bolt is driven out while the door stands open');
    },
  };
}
