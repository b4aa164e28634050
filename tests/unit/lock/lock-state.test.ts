import assert from 'node:assert/strict';
import { decodeIdentity, encodeIdentity } from '../../../firmware/lock/identity.js';
import {
  decodeLockState,
  encodeLockState,
  FIRST_STATE,
  type LockState,
} from '../../../firmware/lock/lock-state.js';
import { writeUint } from '../../../firmware/protocol/bytes.js';
import { decodeCbor, encodeCbor } from '../../../firmware/protocol/cbor.js';
import { DecodeError } from '../../../firmware/protocol/errors.js';
import {
  ADOPTION_HOURS,
  CBOR_BYTES_MAX,
  ENDPOINTS_MAX,
  GUESTS_MAX,
  OWED_RECEIPTS_MAX,
  SEEN_DURABLE_MAX,
  TOMBSTONES_MAX,
  URL_CHARS_MAX,
  VERSION_CHARS_MAX,
} from '../../../firmware/protocol/limits.js';
import { MODE } from '../../../firmware/protocol/mode.js';
import { SETTING_NAMES } from '../../../firmware/protocol/setting.js';
import { settingsWith } from './fixture.js';

const U40 = 2 ** 40 - 1;
const GUARD = { nonce: 2n ** 64n - 1n, notAfterSeconds: U40 };

/** As large as a state can get. */
function fullState(): LockState {
  const entries = Array.from({ length: GUESTS_MAX + TOMBSTONES_MAX }, (_, i) => ({
    guest: writeUint(2n ** 159n + BigInt(i), 20),
    terms: {
      notBeforeSeconds: U40,
      notAfterSeconds: U40,
      rights: i < GUESTS_MAX ? 7 : 0,
      weekdays: 0x7f,
      dayStartMinutes: 1_439,
      dayEndMinutes: 1_439,
      uses: 0xffff,
      epoch: 0xffff,
      serial: 2 ** 32 - 1,
    },
    used: 0xffff_ffff,
    guard: GUARD,
  }));
  const hash = new Uint8Array(32).fill(0xff);
  const owed = Array.from({ length: OWED_RECEIPTS_MAX }, () => ({
    by: new Uint8Array(20).fill(0xff),
    command: 129,
    ...GUARD,
    tx: hash,
  }));
  return {
    bootCount: 2 ** 31,
    floorSeconds: U40,
    synchronisedBefore: true,
    authority: {
      owner: new Uint8Array(20).fill(0xff),
      epoch: 0xffff,
      boltGuard: GUARD,
      modeGuard: GUARD,
      barrierSeconds: U40,
      modes: MODE.privacy | MODE.passage,
      access: { entries, serialFloor: 2 ** 32 - 1 },
    },
    owed,
    owedLock: 'later',
    headSeq: 2 ** 31,
    headHash16: hash.slice(0, 16),
    leasedSeq: 2 ** 31,
    keptCount: 2 ** 31,
    takenCount: 2 ** 31,
    judged: Array.from({ length: SEEN_DURABLE_MAX }, () => hash),
    contactSeconds: U40,
    cursors: Array.from({ length: ENDPOINTS_MAX }, () => 2 ** 48 - 1),
    newestFirmware: '9'.repeat(VERSION_CHARS_MAX),
    keptAlarms: 2 ** 32 - 1,
    adoption: {
      owner: hash.slice(0, 20),
      epoch: 0xffff,
      challenge16: hash.slice(0, 16),
      fromEpoch: 0xfffe,
      sinceBlock: 2 ** 48 - 1,
      hours: ADOPTION_HOURS,
    },
    ownerLost: true,
  };
}

/** A state of which every field holds something, small enough to be cut at every byte. */
function smallState(): LockState {
  const { authority, owed, ...rest } = fullState();
  assert.ok(authority);
  const access = { ...authority.access, entries: authority.access.entries.slice(0, 2) };
  return {
    ...rest,
    authority: { ...authority, modeGuard: undefined, access },
    owed: owed.slice(0, 1),
    judged: rest.judged.slice(0, 1),
  };
}

describe('encodeLockState and decodeLockState', () => {
  it('give back what they were given', () => {
    for (const state of [FIRST_STATE, smallState(), fullState()]) {
      assert.deepEqual(decodeLockState(encodeLockState(state)), state);
    }
    for (const owedLock of ['no', 'now', 'later'] as const) {
      assert.equal(decodeLockState(encodeLockState({ ...FIRST_STATE, owedLock })).owedLock, owedLock);
    }
  });

  it('have room for the fullest state that there can be', () => {
    const { length } = encodeLockState(fullState());
    assert.ok(length <= CBOR_BYTES_MAX, `${length} bytes`);
  });

  it('refuse a state that ends at any byte', () => {
    const bytes = encodeLockState(smallState());
    for (let size = 0; size < bytes.length; size++) {
      assert.throws(() => decodeLockState(bytes.slice(0, size)), DecodeError, `${size} bytes`);
    }
    assert.throws(() => decodeLockState(Uint8Array.of(...bytes, 0)), DecodeError);
  });

  it('refuse numbers that no report could carry, and guests out of order', () => {
    const { authority, ...state } = smallState();
    assert.ok(authority);
    const { access } = authority;
    const wrong: readonly LockState[] = [
      { ...state, authority, bootCount: 2 ** 32 },
      { ...state, authority, headSeq: 2 ** 32 },
      { ...state, authority, leasedSeq: 2 ** 32 },
      { ...state, authority, keptCount: 2 ** 32 },
      { ...state, authority, floorSeconds: 2 ** 40 },
      { ...state, authority, contactSeconds: 2 ** 40 },
      { ...state, authority, cursors: [2 ** 48 + 1] },
      { ...state, authority, owed: state.owed.map((receipt) => ({ ...receipt, command: 18 })) },
      { ...state, authority: { ...authority, epoch: 0x1_0000 } },
      { ...state, authority: { ...authority, modes: 8 } },
      { ...state, authority: { ...authority, access: { ...access, serialFloor: 2 ** 32 } } },
      { ...state, authority: { ...authority, access: { ...access, entries: access.entries.toReversed() } } },
      {
        ...state,
        authority: {
          ...authority,
          access: { ...access, entries: access.entries.flatMap((one) => [one, one]) },
        },
      },
    ];
    for (const [i, each] of wrong.entries()) {
      assert.throws(() => decodeLockState(encodeLockState(each)), DecodeError, `state ${i}`);
    }
  });

  it('refuse a state with a field too few, too many or of another kind', () => {
    const fields = decodeCbor(encodeLockState(smallState()));
    assert.ok(Array.isArray(fields));
    assert.throws(() => decodeLockState(encodeCbor(fields.slice(0, -1))), DecodeError);
    assert.throws(() => decodeLockState(encodeCbor([...fields, 0])), DecodeError);
    for (const i of fields.keys()) {
      if (i === 2) continue;
      const other = typeof fields[i] === 'string' ? 0 : 'text';
      const wrong = fields.map((field, at) => (at === i ? other : field));
      assert.throws(() => decodeLockState(encodeCbor(wrong)), DecodeError, `field ${i}`);
    }
  });
});

describe('encodeIdentity and decodeIdentity', () => {
  const secretKey32 = new Uint8Array(32).fill(3);
  const full = {
    secretKey32,
    settings: settingsWith({
      chainId: 2n ** 64n - 1n,
      startBlock: 2 ** 48,
      endpoints: Array.from({ length: ENDPOINTS_MAX }, () => `http://${'x'.repeat(URL_CHARS_MAX - 7)}`),
      texts: new Map([...SETTING_NAMES].sort().map((name) => [name, 'y'.repeat(URL_CHARS_MAX)])),
    }),
  };

  it('give back what they were given', () => {
    for (const identity of [
      { secretKey32, settings: undefined },
      { secretKey32, settings: settingsWith() },
      full,
    ]) {
      const { settings, ...rest } = decodeIdentity(encodeIdentity(identity));
      assert.deepEqual(rest.secretKey32, secretKey32);
      assert.equal(settings?.chainId, identity.settings?.chainId);
      assert.deepEqual(settings?.endpoints, identity.settings?.endpoints);
      assert.deepEqual(new Map(settings?.texts), new Map(identity.settings?.texts));
    }
  });

  it('refuse an identity that ends at any byte', () => {
    const bytes = encodeIdentity({
      secretKey32,
      settings: settingsWith({ texts: new Map([['pins', 'p']]) }),
    });
    for (let size = 0; size < bytes.length; size++) {
      assert.throws(() => decodeIdentity(bytes.slice(0, size)), DecodeError, `${size} bytes`);
    }
    assert.throws(() => decodeIdentity(Uint8Array.of(...bytes, 0)), DecodeError);
  });

  it('refuse a key of another size', () => {
    assert.throws(() => decodeIdentity(encodeCbor([new Uint8Array(31), null])), DecodeError);
    assert.throws(() => decodeIdentity(encodeCbor([new Uint8Array(32)])), DecodeError);
  });
});
