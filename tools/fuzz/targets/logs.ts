import { readNews } from '../../../firmware/lock/registry-news.js';
import type { DecodeErrorCode } from '../../../firmware/protocol/errors.js';
import { parseBlockNumber, parseLogs } from '../../../firmware/protocol/ethereum-rpc.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { parseJson } from '../../../firmware/protocol/json-rpc.js';
import { BLOCK_NUMBER_BITS_MAX, HTTP_BODY_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { attempt, expect, type Target } from '../target.js';
import { REGISTRY } from './people.js';
import { JSON_REFUSALS } from './refusals.js';
import { jsonBytes, linear } from './seed-bytes.js';

const REFUSALS: readonly DecodeErrorCode[] = [
  'type',
  'missing',
  'hex',
  'size',
  'range',
  'truncated',
  'trailing',
];
/** JSON of the smallest log that is read, bytes. */
const LOG_BYTES_MIN = 150;

/** Event logs and block numbers as a node tells them. */
export const logsTarget: Target = {
  name: 'logs',
  shape: { kind: 'json' },
  share: 40,
  bytesMax: 11_000,
  seeds: () => [
    jsonBytes([logLike(TOPIC.commanded, 1, 5), logLike(TOPIC.granted, 2, 6), logLike(TOPIC.posted, 4, 6)]),
    jsonBytes([
      logLike(TOPIC.handedOver, 2, 5),
      logLike(TOPIC.epochRaised, 1, 9),
      logLike(`0x${'ee'.repeat(32)}`, 3, 9),
    ]),
    jsonBytes([]),
    jsonBytes('0xffffffffffff'),
  ],
  run: (input: Uint8Array) => {
    const json = attempt(() => parseJson(input, HTTP_BODY_BYTES_MAX), JSON_REFUSALS);
    if (json === undefined) return;
    const height = attempt(() => parseBlockNumber(json.value), ['hex', 'range']);
    if (height !== undefined) checkNumber(height.value);
    const logs = attempt(() => parseLogs(json.value), REFUSALS);
    if (logs === undefined) return;
    expect(
      logs.value.length * LOG_BYTES_MIN <= input.length,
      `${logs.value.length} logs of ${input.length} bytes`,
    );
    for (const { transactionHash32, blockNumber, transactionIndex, logIndex } of logs.value) {
      expect(transactionHash32.length === 32, 'a hash of another size');
      [blockNumber, transactionIndex, logIndex].forEach(checkNumber);
    }
    const news = attempt(() => readNews(json.value, 0, () => true), REFUSALS);
    expect(news !== undefined && news.value.length <= logs.value.length, 'more news than logs');
  },
  stepsMax: linear(200, 5),
};

function checkNumber(value: number): void {
  expect(Number.isInteger(value) && value >= 0 && value < 2 ** BLOCK_NUMBER_BITS_MAX, `the number ${value}`);
}

function logLike(topic: string, words: number, block: number): Record<string, unknown> {
  return {
    address: formatHex(REGISTRY),
    topics: [topic, `0x${'00'.repeat(12)}${'42'.repeat(20)}`],
    data: formatHex(new Uint8Array(32 * words)),
    blockNumber: `0x${block.toString(16)}`,
    transactionHash: `0x${block.toString(16).padStart(64, 'a')}`,
    transactionIndex: '0x0',
    logIndex: '0x1',
    removed: false,
  };
}
