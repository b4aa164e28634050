import assert from 'node:assert/strict';
import {
  blockNumberRequest,
  logsRequest,
  parseBlockNumber,
  parseLogs,
  transactionByHashRequest,
} from '../../../firmware/protocol/ethereum-rpc.js';
import { encodeRpcBatch, encodeRpcCall } from '../../../firmware/protocol/json-rpc.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { throwsDecodeError } from './throws-decode-error.js';

const address = `0x${'21'.repeat(20)}`;
const topic1 = `0x${'00'.repeat(12)}${'55'.repeat(20)}`;
/** As far as a chain with blocks of 2.5 s gets in 20 years. */
const FAR_BLOCK = 2 ** 28 - 1;

describe('logsRequest', () => {
  it('asks for every event of one lock', () => {
    assert.deepEqual(logsRequest({ address, topic1, fromBlock: 16, toBlock: 'latest' }), {
      method: 'eth_getLogs',
      params: [
        {
          address: `0x${'21'.repeat(20)}`,
          fromBlock: '0x10',
          topics: [null, `0x${'00'.repeat(12)}${'55'.repeat(20)}`],
        },
      ],
    });
    assert.deepEqual(logsRequest({ address, topic1, fromBlock: 0, toBlock: 17 }).params[0], {
      address: `0x${'21'.repeat(20)}`,
      fromBlock: '0x0',
      toBlock: '0x11',
      topics: [null, `0x${'00'.repeat(12)}${'55'.repeat(20)}`],
    });
  });

  it('asks for some kinds of event where they are named', () => {
    const request = logsRequest({ address, topic1, topics0: [TOPIC.granted], fromBlock: 0, toBlock: 17 });
    const [filter] = request.params as readonly { readonly topics: readonly unknown[] }[];
    assert.deepEqual(filter?.topics[0], [TOPIC.granted]);
  });

  it('makes an idle batch of at most 290 bytes', () => {
    const logs = logsRequest({ address, topic1, fromBlock: FAR_BLOCK, toBlock: 'latest' });
    const bytes = encodeRpcBatch(1, [blockNumberRequest(), logs]).length;
    assert.ok(bytes <= 290, `${bytes} bytes`);
  });
});

describe('transactionByHashRequest', () => {
  it('asks for one hash', () => {
    const bytes = encodeRpcCall(1, transactionByHashRequest(new Uint8Array(32).fill(0xab)));
    assert.equal(
      Buffer.from(bytes).toString(),
      `{"jsonrpc":"2.0","id":1,"method":"eth_getTransactionByHash","params":["0x${'ab'.repeat(32)}"]}`,
    );
  });
});

describe('parseBlockNumber', () => {
  it('takes numbers below 2^48 and refuses the rest', () => {
    assert.equal(parseBlockNumber('0x0'), 0);
    assert.equal(parseBlockNumber('0xffffffffffff'), 2 ** 48 - 1);
    throwsDecodeError(() => parseBlockNumber('0x1000000000000'), 'range');
    for (const value of [null, 7, '', '0x', '0x01', '7', {}])
      throwsDecodeError(() => parseBlockNumber(value), 'hex');
  });
});

describe('parseLogs', () => {
  const log = {
    topics: [TOPIC.commanded, `0x${'55'.repeat(32)}`],
    data: `0x${'11'.repeat(32)}`,
    blockNumber: '0x1',
    transactionHash: `0x${'ab'.repeat(32)}`,
    transactionIndex: '0x0',
    logIndex: '0x0',
  };

  it('reads every log', () => {
    assert.deepEqual(parseLogs([]), []);
    assert.deepEqual(
      parseLogs([log, { ...log, logIndex: '0x1' }]).map((event) => event.logIndex),
      [0, 1],
    );
  });

  it('refuses all where one is malformed', () => {
    throwsDecodeError(() => parseLogs([log, { ...log, data: '0x' }]), 'truncated');
    for (const value of [null, {}, 'x']) throwsDecodeError(() => parseLogs(value), 'type');
  });
});
