import type { Board } from './board.js';

/** ESP32-DevKitC with an H-bridge (DRV8833 or TB6612) and a geared motor. GPIO 34 can only be read. */
export const MOTOR_CLASSIC: Board = Object.freeze({
  name: 'motor-classic',
  bolt: Object.freeze({
    kind: 'motor',
    extendPin: 25,
    retractPin: 26,
    lockedPin: 32,
    unlockedPin: 33,
    deadTimeMs: 50,
  }),
  contactPin: 27,
  buttonPin: 14,
  tamperPin: 13,
  battery: Object.freeze({ pin: 34, fullScaleMilliVolts: 2_450, dividerRatio: 3 }),
  led: Object.freeze({ pin: 4, on: 1 }),
  serials: Object.freeze([
    Object.freeze({ port: 0, receive: 3, transmit: 1 }),
    Object.freeze({ port: 2, receive: 16, transmit: 17 }),
  ]),
});
