import type { Board } from './board.js';

/** ESP32-S3-DevKitC-1 with a relay and a fail-secure electric strike, on mains through a 12 V supply. */
export const RELAY_S3: Board = Object.freeze({
  name: 'relay-s3',
  bolt: Object.freeze({
    kind: 'strike',
    relayPin: 5,
    relayOn: 1 as const,
    monitorPin: 6,
    holdMsMax: 15_000,
  }),
  contactPin: 7,
  buttonPin: 15,
  tamperPin: 16,
  battery: undefined,
  led: Object.freeze({ pin: 2, on: 1 }),
  serials: Object.freeze([
    Object.freeze({ port: 0, receive: 44, transmit: 43 }),
    Object.freeze({ port: 1, receive: 18, transmit: 17 }),
  ]),
});
