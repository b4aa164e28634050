import { decodeIdentity, encodeIdentity } from '../../../firmware/lock/identity.js';
import { Journal } from '../../../firmware/lock/journal.js';
import {
  decodeLockState,
  encodeLockState,
  FIRST_STATE,
  type LockState,
} from '../../../firmware/lock/lock-state.js';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import type { DecodeErrorCode } from '../../../firmware/protocol/errors.js';
import { RECORD_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import { FOR_EVER_SECONDS } from '../../../firmware/protocol/terms.js';
import { attempt, expect, type Target } from '../target.js';
import { SETTINGS } from './pairing.js';
import { engine, GUEST, OWNER } from './people.js';
import { CBOR_REFUSALS } from './refusals.js';
import { LOCK_KEY32 } from './report-samples.js';
import { linear } from './seed-bytes.js';

const JOURNAL_KEY32 = new Uint8Array(32).fill(0x99);
const REFUSALS: readonly DecodeErrorCode[] = [...CBOR_REFUSALS, 'unknown', 'terms', 'padding'];
const GUARD = { nonce: 2n ** 40n, notAfterSeconds: 1_790_000_300 };

/** A state with something in each field. */
export const FULL_STATE: LockState = Object.freeze({
  ...FIRST_STATE,
  bootCount: 9,
  floorSeconds: 1_790_000_000,
  synchronisedBefore: true,
  authority: {
    owner: OWNER.address20,
    epoch: 2,
    boltGuard: GUARD,
    modeGuard: undefined,
    barrierSeconds: 1_790_000_000,
    modes: 3,
    access: {
      serialFloor: 1_780_000_000,
      entries: [
        {
          guest: GUEST.address20,
          terms: {
            notBeforeSeconds: 0,
            notAfterSeconds: FOR_EVER_SECONDS,
            rights: 3,
            weekdays: 0x7f,
            dayStartMinutes: 0,
            dayEndMinutes: 0,
            uses: 0,
            epoch: 2,
            serial: 1_790_000_000,
          },
          used: 3,
          guard: GUARD,
        },
      ],
    },
  },
  owed: [{ by: OWNER.address20, command: 2, ...GUARD, tx: new Uint8Array(32).fill(4) }],
  owedLock: 'later',
  headSeq: 40,
  leasedSeq: 48,
  keptCount: 12,
  takenCount: 11,
  judged: [new Uint8Array(32).fill(5)],
  cursors: [100, 200],
  newestFirmware: '0.1.0',
  keptAlarms: 4,
  contactSeconds: 1_790_000_000,
  adoption: {
    owner: GUEST.address20,
    epoch: 3,
    challenge16: new Uint8Array(16).fill(6),
    fromEpoch: 2,
    sinceBlock: 90,
    hours: 5,
  },
});

/** The record of the state: what is read can be written, and is read again as the same. */
export const lockStateTarget: Target = {
  name: 'lock-state',
  shape: { kind: 'cbor' },
  share: 30,
  bytesMax: 18_000,
  seeds: () => [FIRST_STATE, FULL_STATE].map(encodeLockState),
  run: (input: Uint8Array) => {
    const state = attempt(() => decodeLockState(input), REFUSALS);
    if (state === undefined) return;
    const written = encodeLockState(state.value);
    expect(equalBytes(encodeLockState(decodeLockState(written)), written), 'a state is read as another');
  },
  stepsMax: linear(500, 30),
};

/** The record of the identity, in its one encoding. */
export const identityTarget: Target = {
  name: 'identity',
  shape: { kind: 'cbor' },
  share: 30,
  bytesMax: 4_000,
  seeds: () =>
    [
      { secretKey32: LOCK_KEY32, settings: undefined },
      { secretKey32: LOCK_KEY32, settings: SETTINGS },
    ].map(encodeIdentity),
  run: (input: Uint8Array) => {
    const identity = attempt(() => decodeIdentity(input), REFUSALS);
    if (identity === undefined) return;
    expect(equalBytes(encodeIdentity(identity.value), input), 'an identity comes back as other bytes');
  },
  stepsMax: linear(250, 14),
};

/** Records in flash: the one that was written, whole, or nothing. */
export const journalTarget: Target = {
  name: 'journal',
  shape: { kind: 'bytes' },
  share: 30,
  bytesMax: 18_000,
  seeds: () => [SAMPLE, SAMPLE.slice(0, -1), new Uint8Array(RECORD_BYTES_MAX + 1)],
  run: (input: Uint8Array) => {
    const records = new Map([
      ['state-a', input],
      ['report-1', input],
    ]);
    const journal = new Journal<string>(engine, JOURNAL_KEY32, records);
    const payload = journal.readDouble('state');
    if (payload !== undefined) expect(equalBytes(input, SAMPLE), 'a record that nobody wrote is believed');
    expect(journal.readLog('report', 256, 1).kind !== 'record', 'the record of another name is believed');
    expect(journal.openLog('report', 256, 1, input) === undefined, 'the record of another name is believed');
    const [write] = journal.writeDouble('state', input.subarray(0, 64), 'task');
    expect(write?.kind === 'persist' && write.bytes.length <= RECORD_BYTES_MAX, 'a record that is too long');
    expect(journal.answered('nothing', true) === undefined, 'an answer to nothing is taken');
    expect(journal.answered(write.key, true)?.task === 'task', 'the answer is not taken');
  },
  stepsMax: linear(300, 2),
};

const SAMPLE = sampleRecord();

function sampleRecord(): Uint8Array {
  const journal = new Journal<undefined>(engine, JOURNAL_KEY32, new Map());
  const [write] = journal.writeDouble('state', encodeLockState(FULL_STATE), undefined);
  return write?.kind === 'persist' ? write.bytes : new Uint8Array(0);
}
