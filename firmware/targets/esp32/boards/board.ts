import type { DigitalLevel } from '../../../drivers/io.js';

/** How a board moves its bolt. Pins are GPIO numbers. */
export type BoltWiring =
  | {
      readonly kind: 'servo';
      readonly servoPin: number;
      readonly powerPin: number;
      readonly lockedPin: number;
      readonly unlockedPin: number;
      readonly lockedMicros: number;
      readonly unlockedMicros: number;
    }
  | {
      readonly kind: 'motor';
      readonly extendPin: number;
      readonly retractPin: number;
      readonly lockedPin: number;
      readonly unlockedPin: number;
      readonly deadTimeMs: number;
    }
  | {
      readonly kind: 'strike';
      readonly relayPin: number;
      readonly relayOn: DigitalLevel;
      readonly monitorPin: number;
      readonly holdMsMax: number;
    };

/** What hangs on which pin; where a board lacks a part, its field is undefined. */
export interface Board {
  readonly name: string;
  readonly bolt: BoltWiring;
  readonly contactPin: number | undefined;
  readonly buttonPin: number;
  /** A one-touch button outside, which can only lock. */
  readonly outsideButtonPin?: number;
  readonly tamperPin: number | undefined;
  readonly battery:
    | { readonly pin: number; readonly fullScaleMilliVolts: number; readonly dividerRatio: number }
    | undefined;
  readonly led: { readonly pin: number; readonly on: DigitalLevel } | undefined;
  /** Ports for pairing, the first that is free is taken: the debugger holds the one of the USB socket. */
  readonly serials: readonly { readonly port: number; readonly receive: number; readonly transmit: number }[];
}
