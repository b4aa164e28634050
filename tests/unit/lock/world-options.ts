import type { BoltDriver } from '../../../firmware/drivers/bolt.js';
import type { DeviceOptions } from '../../../firmware/lock/device-parts.js';
import type { Door, SensedBolt } from '../../../firmware/protocol/report.js';

export interface WorldOptions {
  /** As the settings say, in place of each second. */
  readonly isPollingAdaptively?: boolean;
  readonly device?: Partial<DeviceOptions>;
  /** Flash from an earlier boot. */
  readonly flash?: ReadonlyMap<string, Uint8Array>;
  readonly entropySeed?: number;
  /** No wall clock is told. */
  readonly clockless?: boolean;
  readonly bolt?: SensedBolt;
  readonly door?: Door;
  readonly cut?: Cut;
  readonly sink?: 'takes' | 'hangs' | 'fails';
  /** What moves the bolt, in place of a bolt that is there at once. */
  readonly driver?: Pick<BoltDriver, 'drive' | 'stop'>;
  /** Settings by name that pairing carries. */
  readonly texts?: ReadonlyMap<string, string>;
}

/** The power fails at a write, counted from 1: before it, in the midst of it, or right after it. */
export interface Cut {
  readonly atWrite: number;
  readonly how: 'before' | 'torn' | 'after';
}
