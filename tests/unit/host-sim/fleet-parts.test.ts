import assert from 'node:assert/strict';
import { addressOf } from '../../../firmware/crypto/address.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { signReport } from '../../../firmware/crypto/report.js';
import { asciiBytes } from '../../../firmware/protocol/bytes.js';
import type { Report } from '../../../firmware/protocol/report.js';
import { chooseHostEngine } from '../../../host-sim/engines/host-engine.js';
import { FleetNode } from '../../../host-sim/fleet/fleet-node.js';
import { readGasPrices } from '../../../host-sim/fleet/gas-prices.js';
import { Meter } from '../../../host-sim/fleet/meter.js';
import { ReportFile } from '../../../host-sim/fleet/report-file.js';
import { MemoryChain } from '../../../host-sim/world/memory-chain.js';

const engine = guardEngine(chooseHostEngine('libsecp256k1', () => {}));

describe('Meter', () => {
  it('counts requests, the calls in them, and bytes', () => {
    const meter = new Meter();
    meter.exchange(1, ['eth_blockNumber', 'eth_getLogs'], 290, 80);
    meter.exchange(1, ['eth_getTransactionByHash'], 140, 870);
    meter.report(300);
    meter.order();
    meter.flashWrite(12);
    assert.deepEqual(meter.readings, {
      requests: 2,
      calls: 3,
      logQueries: 1,
      transactionQueries: 1,
      bytesUp: 430,
      bytesDown: 950,
      reports: 1,
      reportBytes: 300,
      orders: 1,
      flashWrites: 1,
      flashBytesWritten: 12,
    });
  });

  it('knows the busiest second since it began to look', () => {
    const meter = new Meter();
    for (const second of [1, 1, 1, 1]) meter.exchange(second, [], 0, 0);
    meter.startPeak();
    for (const second of [1, 2, 2, 2, 3]) meter.exchange(second, [], 0, 0);
    assert.equal(meter.peakRequestsPerSecond, 3);
  });
});

describe('FleetNode', () => {
  it('answers from the chain, and counts what it is asked and says', () => {
    const chain = new MemoryChain({
      chainId: 1,
      registry20: new Uint8Array(20).fill(1),
      startSeconds: 0,
      blockSeconds: 2,
      engine,
    });
    const meter = new Meter();
    const node = new FleetNode({ chain, nowSeconds: () => 20, meter });
    const body = asciiBytes(
      '[{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]},{"jsonrpc":"2.0","id":2,"method":"eth_getLogs","params":[{"fromBlock":"0x1"}]}]',
    );
    const answer = node.ask(body);
    const text = '[{"jsonrpc":"2.0","id":1,"result":"0xa"},{"jsonrpc":"2.0","id":2,"result":[]}]';
    assert.ok(answer.kind === 'body');
    assert.equal(Buffer.from(answer.body).toString(), text);
    const { requests, calls, logQueries, bytesUp, bytesDown } = meter.readings;
    assert.deepEqual([requests, calls, logQueries, bytesUp, bytesDown], [1, 2, 1, body.length, text.length]);
  });
});

describe('ReportFile', () => {
  const key32 = new Uint8Array(32).fill(0x21);
  const report: Report = {
    cause: 'boot',
    nonce: new Uint8Array(16),
    ueid: new Uint8Array(17).fill(1),
    uptimeSeconds: 1,
    bootCount: 1,
    firmwareVersion: '0.1.0',
    seq: 1,
    bolt: 'locked',
    door: 'closed',
    blockHeight: 0,
    policyVersion: 0,
    previousHash16: new Uint8Array(16),
    alarms: 0,
    epoch: 0,
    accessDigest16: new Uint8Array(16),
    domainDigest8: new Uint8Array(8),
  };
  const signed = (fields: Partial<Report>, secret32 = key32) =>
    signReport(engine, secret32, addressOf(engine, engine.publicKey(secret32)), { ...report, ...fields });

  it('takes a chain of reports, past heartbeats, which no report names', () => {
    const file = new ReportFile(engine);
    const first = signed({});
    assert.deepEqual(file.take(first.cose).seq, 1);
    const previousHash16 = first.hash16;
    assert.equal(file.take(signed({ seq: 2, cause: 'heartbeat', previousHash16 }).cose).cause, 'heartbeat');
    assert.equal(file.take(signed({ seq: 5, cause: 'button', previousHash16 }).cose).seq, 5);
    assert.deepEqual(file.lock20, addressOf(engine, engine.publicKey(key32)));
  });

  it('refuses a report that is not the next one of its lock', () => {
    const file = new ReportFile(engine);
    const { cose, hash16: previousHash16 } = signed({});
    file.take(cose);
    assert.throws(() => file.take(cose), /report 1 comes after report 1/);
    assert.throws(() => file.take(signed({ seq: 2 }).cose), /does not name the one before/);
    const other = signed({ seq: 2, previousHash16 }, new Uint8Array(32).fill(0x22));
    assert.throws(() => file.take(other.cose), /another lock's/);
    const broken = signed({ seq: 2, previousHash16 }).cose.slice();
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    assert.throws(() => file.take(broken), { name: 'DecodeError' });
    assert.equal(file.take(signed({ seq: 2, previousHash16 }).cose).seq, 2);
  });
});

describe('readGasPrices', () => {
  it('reads what the contract was measured to cost', () => {
    const { order, registration } = readGasPrices();
    assert.ok(order.ethereum > 21_000 && order.ethereum < registration.ethereum);
  });
});
