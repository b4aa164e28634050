import assert from 'node:assert/strict';
import { toEventSelector } from 'viem';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { LOG_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { registryEventFromLog } from '../../../firmware/protocol/registry-event.js';
import { throwsDecodeError } from './throws-decode-error.js';

const HASH = `0x${'ab'.repeat(32)}`;
const TOPIC1 = `0x${'00'.repeat(12)}${'55'.repeat(20)}`;
const word = (count: number) => `0x${'11'.repeat(32 * count)}`;
const log = (topic: string, words: number) => ({
  address: `0x${'21'.repeat(20)}`,
  topics: [topic, TOPIC1],
  data: word(words),
  blockNumber: '0x10',
  transactionHash: HASH,
  transactionIndex: '0x2',
  blockHash: HASH,
  logIndex: '0x3',
  removed: false,
});
const commanded = log(TOPIC.commanded, 1);
const words = { registered: 1, commanded: 1, granted: 2, handedOver: 2, epochRaised: 1, posted: 4 } as const;

describe('registryEventFromLog', () => {
  it('names each event of the registry by its topic', () => {
    assert.equal(TOPIC.commanded, toEventSelector('Commanded(uint256,uint256)'));
    for (const name of Object.keys(words) as (keyof typeof words)[]) {
      assert.equal(registryEventFromLog(log(TOPIC[name], words[name])).name, name);
    }
  });

  it('gives where the transaction stands', () => {
    const event = registryEventFromLog(commanded);
    assert.equal(formatHex(event.transactionHash32), HASH);
    assert.equal(event.blockNumber, 16);
    assert.equal(event.transactionIndex, 2);
    assert.equal(event.logIndex, 3);
    assert.equal(event.removed, false);
  });

  it('flags a log that a reorganisation took back, and takes one that does not say', () => {
    assert.equal(registryEventFromLog({ ...commanded, removed: true }).removed, true);
    assert.equal(registryEventFromLog({ ...commanded, removed: undefined }).removed, false);
    throwsDecodeError(() => registryEventFromLog({ ...commanded, removed: 'true' }), 'type');
  });

  it('calls other events other, whatever their size', () => {
    assert.equal(registryEventFromLog(log(HASH, 3)).name, 'other');
    assert.equal(registryEventFromLog({ ...commanded, topics: [] }).name, 'other');
    assert.equal(registryEventFromLog({ ...log(HASH, 0), topics: [HASH, HASH, HASH, HASH] }).name, 'other');
  });

  it('refuses data of another size than the event has', () => {
    throwsDecodeError(() => registryEventFromLog(log(TOPIC.commanded, 0)), 'truncated');
    throwsDecodeError(
      () => registryEventFromLog({ ...commanded, data: `0x${'11'.repeat(31)}` }),
      'truncated',
    );
    throwsDecodeError(() => registryEventFromLog(log(TOPIC.granted, 3)), 'trailing');
    throwsDecodeError(() => registryEventFromLog({ ...commanded, topics: [TOPIC.commanded] }), 'truncated');
  });

  it('takes the longest envelope and refuses a log over the limit', () => {
    assert.equal(registryEventFromLog(log(TOPIC.posted, 2 + 512 / 32)).name, 'posted');
    throwsDecodeError(() => registryEventFromLog(log(TOPIC.posted, LOG_BYTES_MAX / 64)), 'size');
    throwsDecodeError(() => registryEventFromLog({ ...commanded, topics: new Array(5).fill(HASH) }), 'size');
    throwsDecodeError(
      () => registryEventFromLog({ ...commanded, topics: new Array(9_999).fill('x') }),
      'size',
    );
  });

  it('refuses numbers past 2^48 and odd ones', () => {
    assert.equal(
      registryEventFromLog({ ...commanded, blockNumber: `0x${'f'.repeat(12)}` }).blockNumber,
      2 ** 48 - 1,
    );
    throwsDecodeError(
      () => registryEventFromLog({ ...commanded, blockNumber: `0x1${'0'.repeat(12)}` }),
      'range',
    );
    throwsDecodeError(() => registryEventFromLog({ ...commanded, logIndex: 3 }), 'hex');
    throwsDecodeError(() => registryEventFromLog({ ...commanded, transactionIndex: '0x02' }), 'hex');
  });

  it('refuses a log without one of its fields, a pending one among them', () => {
    for (const name of ['topics', 'data', 'blockNumber', 'transactionHash', 'transactionIndex', 'logIndex']) {
      throwsDecodeError(() => registryEventFromLog({ ...commanded, [name]: null }), 'missing', name);
    }
  });

  it('refuses odd hex and other kinds', () => {
    throwsDecodeError(() => registryEventFromLog({ ...commanded, data: '0x1' }), 'hex');
    throwsDecodeError(() => registryEventFromLog({ ...commanded, data: 7 }), 'hex');
    throwsDecodeError(() => registryEventFromLog({ ...commanded, transactionHash: '0xab' }), 'size');
    throwsDecodeError(() => registryEventFromLog({ ...commanded, topics: 'x' }), 'type');
    for (const value of [null, 7, 'x', [], undefined])
      throwsDecodeError(() => registryEventFromLog(value), 'type');
  });
});
