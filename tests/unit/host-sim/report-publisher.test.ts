import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Input } from '../../../firmware/lock/ports.js';
import { httpNetwork } from '../../../host-sim/io/http-client.js';
import { TimerBank } from '../../../host-sim/io/timer.js';
import { ReportPublisher } from '../../../host-sim/report-publisher.js';
import { systemClock } from '../../../host-sim/world/clock.js';

describe('ReportPublisher', () => {
  let directory: string;
  let file: string;
  let server: Server;
  let url: string;
  let status: number | 'hang';
  let posted: { type: string | undefined; body: string }[];
  let inputs: Input[];
  let delivered: number[];
  let wake: () => void;
  const open: ReportPublisher[] = [];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
    file = join(directory, 'reports.hex');
    status = 200;
    posted = [];
    inputs = [];
    delivered = [];
    wake = () => {};
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        posted.push({ type: request.headers['content-type'], body: Buffer.concat(parts).toString('hex') });
        if (status !== 'hang') response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    for (const publisher of open.splice(0)) publisher.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(directory, { recursive: true, force: true });
  });

  function create(options: { url?: string; file?: string }): ReportPublisher {
    const publisher = new ReportPublisher({
      file,
      http: httpNetwork,
      timer: new TimerBank(systemClock),
      timeoutMs: 80,
      ...options,
      onInput: (input) => {
        inputs.push(input);
        wake();
      },
      onDelivered: (seq) => delivered.push(seq),
    });
    open.push(publisher);
    return publisher;
  }

  async function answered(count: number): Promise<void> {
    while (inputs.length < count) await new Promise<void>((resolve) => (wake = resolve));
  }

  it('is done with the file alone where no URL is set', () => {
    create({}).publish(1, Uint8Array.of(1, 2));
    assert.deepEqual(inputs, [{ kind: 'published', seq: 1 }]);
    assert.deepEqual(delivered, [1]);
    assert.equal(readFileSync(file, 'utf8'), '0x0102\n');
  });

  it('says published only after both sinks took it', async () => {
    create({ url }).publish(1, Uint8Array.of(0xd2));
    assert.deepEqual(inputs, []);
    await answered(1);
    assert.deepEqual(inputs, [{ kind: 'published', seq: 1 }]);
    assert.deepEqual(posted, [{ type: 'application/cose', body: 'd2' }]);
  });

  it('fails on a bad status, and a retry does not double the file', async () => {
    const publisher = create({ url });
    status = 503;
    publisher.publish(1, Uint8Array.of(7));
    await answered(1);
    status = 202;
    publisher.publish(1, Uint8Array.of(7));
    await answered(2);
    assert.deepEqual(inputs, [
      { kind: 'publish-failed', seq: 1 },
      { kind: 'published', seq: 1 },
    ]);
    assert.deepEqual(delivered, [1]);
    assert.equal(readFileSync(file, 'utf8'), '0x07\n');
  });

  it('gives up on a sink that hangs', async () => {
    status = 'hang';
    create({ url }).publish(3, Uint8Array.of(7));
    await answered(1);
    assert.deepEqual(inputs, [{ kind: 'publish-failed', seq: 3 }]);
    assert.deepEqual(delivered, []);
  });

  it('fails where the file cannot be written', () => {
    create({ file: join(directory, 'missing', 'reports.hex') }).publish(1, Uint8Array.of(7));
    assert.deepEqual(inputs, [{ kind: 'publish-failed', seq: 1 }]);
  });
});
