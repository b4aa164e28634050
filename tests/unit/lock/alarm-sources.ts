import { ALARM_NAMES, type AlarmName } from '../../../firmware/lock/alarm-table.js';
import { Alarms } from '../../../firmware/lock/alarms.js';
import type { BoltState } from '../../../firmware/lock/bolt.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import { type LockWorld, settingsWith } from './fixture.js';

export interface Before {
  readonly nowSeconds?: number | undefined;
  readonly keptAlarms?: number;
  readonly newestFirmware?: string;
  readonly firmwareVersion?: string;
  readonly refusedCount?: number;
  readonly texts?: readonly (readonly [string, string])[];
}

/** A machine over sources that the test changes; clock and bolt are well unless it says otherwise. */
export function create(before: Before = {}) {
  const bolt: { state: BoltState } = { state: 'locked' };
  const clock = { nowSeconds: 'nowSeconds' in before ? before.nowSeconds : 1_790_000_000 };
  const memory = {
    identity: {
      secretKey32: new Uint8Array(32),
      settings: settingsWith({ texts: new Map(before.texts) }),
    },
    state: { keptAlarms: before.keptAlarms ?? 0, newestFirmware: before.newestFirmware ?? '0' },
    refusedCount: before.refusedCount ?? 0,
  };
  const alarms = new Alarms({
    bolt,
    clock: { read: () => ({ floorSeconds: 0, nowSeconds: clock.nowSeconds }) },
    memory,
    firmwareVersion: before.firmwareVersion ?? '0.1.0',
  });
  alarms.look(0);
  /** The names that stand. */
  const standing = (uptimeMs = 0): AlarmName[] => {
    const bits = alarms.look(uptimeMs);
    return ALARM_NAMES.filter((name) => (bits & ALARM[name]) !== 0);
  };
  const configure = (texts: Iterable<readonly [string, string]>) => {
    memory.identity = { ...memory.identity, settings: settingsWith({ texts: new Map(texts) }) };
  };
  return { alarms, bolt, clock, standing, configure };
}

/** What people who watch a world were told of this alarm, in order. */
export function alarmNotices({ notices }: LockWorld, alarm: AlarmName): readonly boolean[] {
  return notices.flatMap((notice) => (notice.event === 'alarm' && notice.alarm === alarm ? [notice.on] : []));
}
