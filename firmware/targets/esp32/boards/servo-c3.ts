import type { Board } from './board.js';

/** ESP32-C3-DevKitM-1 or DevKitC-02 with a hobby servo. GPIO 8 and 9 are left out: they choose how the chip boots. */
export const SERVO_C3: Board = Object.freeze({
  name: 'servo-c3',
  bolt: Object.freeze({
    kind: 'servo',
    servoPin: 4,
    powerPin: 5,
    lockedPin: 6,
    unlockedPin: 7,
    lockedMicros: 2_000,
    unlockedMicros: 1_000,
  }),
  contactPin: 10,
  buttonPin: 3,
  tamperPin: 1,
  // Four AA cells, 200k above 100k; Moddable scales the pin's reading to the 2,450 mV of its widest range.
  battery: Object.freeze({ pin: 0, fullScaleMilliVolts: 2_450, dividerRatio: 3 }),
  led: Object.freeze({ pin: 19, on: 1 }),
  serials: Object.freeze([
    Object.freeze({ port: 0, receive: 20, transmit: 21 }),
    Object.freeze({ port: 1, receive: 2, transmit: 18 }),
  ]),
});
