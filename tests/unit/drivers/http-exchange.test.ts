import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CONNECTION_IDLE_MS,
  EXCHANGES_MAX,
  EXCHANGES_WAITING_MAX,
  HttpExchange,
  type HttpPost,
} from '../../../firmware/drivers/http-exchange.js';
import type { Input } from '../../../firmware/lock/ports.js';
import { httpNetwork } from '../../../host-sim/io/http-client.js';
import { TimerBank } from '../../../host-sim/io/timer.js';
import { systemClock } from '../../../host-sim/world/clock.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

describe('HttpExchange', () => {
  let server: Server;
  let handler: Handler;
  let inputs: Input[];
  let exchange: HttpExchange;
  let timer: TimerBank;
  let connections: number;
  let wake: () => void;

  beforeEach(async () => {
    inputs = [];
    connections = 0;
    wake = () => {};
    handler = (_request, response, body) => response.end(body);
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => handler(request, response, Buffer.concat(parts)));
    });
    server.on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    timer = new TimerBank(systemClock);
    exchange = new HttpExchange({
      http: httpNetwork,
      timer,
      onInput: (input) => {
        inputs.push(input);
        wake();
      },
    });
  });
  afterEach(async () => {
    exchange.close();
    timer.clearAll();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function post(change: Partial<HttpPost> = {}): void {
    exchange.post({
      kind: 'http-post',
      id: 1,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`,
      body: new Uint8Array([1, 2, 3]),
      contentType: 'application/json',
      timeoutMs: 2_000,
      bodyBytesMax: 4_096,
      ...change,
    });
  }

  async function answered(count: number): Promise<void> {
    while (inputs.length < count) await new Promise<void>((resolve) => (wake = resolve));
  }

  it('posts the body and hands back status and answer', async () => {
    let seen: [string | undefined, string | undefined, string | undefined] | undefined;
    handler = (request, response, body) => {
      seen = [request.method, request.url, request.headers['content-type']];
      response.writeHead(503).end(Buffer.concat([body, Buffer.of(9)]));
    };
    post();
    await answered(1);
    assert.deepEqual(seen, ['POST', '/rpc', 'application/json']);
    assert.deepEqual(inputs, [{ kind: 'http-done', id: 1, status: 503, body: Uint8Array.of(1, 2, 3, 9) }]);
  });

  it('sends a body that is larger than one write, and an empty one', async () => {
    const body = new Uint8Array(3_000).map((_, i) => i & 255);
    post({ id: 1, body });
    await answered(1);
    post({ id: 2, body: new Uint8Array(0) });
    await answered(2);
    assert.deepEqual(inputs, [
      { kind: 'http-done', id: 1, status: 200, body },
      { kind: 'http-done', id: 2, status: 200, body: new Uint8Array(0) },
    ]);
  });

  it('keeps one connection for one exchange after another', async () => {
    for (let id = 1; id <= 3; id++) {
      post({ id });
      await answered(id);
    }
    assert.equal(connections, 1);
  });

  it('tries once more where the kept connection was gone', async () => {
    post({ id: 1 });
    await answered(1);
    server.closeAllConnections();
    post({ id: 2 });
    await answered(2);
    assert.equal(inputs[1]?.kind, 'http-done');
    assert.equal(connections, 2);
  });

  it('asks nobody to wait longer than the peer says', async () => {
    const date = 'Sun, 22 Nov 2026 10:00:00 GMT';
    const answers: readonly [Record<string, string>, number | undefined][] = [
      [{ 'retry-after': '7' }, 7],
      [{ 'retry-after': 'Sun, 22 Nov 2026 10:01:30 GMT', date }, 90],
      [{ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT', date }, undefined],
      [{ 'retry-after': '0' }, undefined],
      [{ 'retry-after': '-5' }, undefined],
      [{ 'retry-after': 'soon' }, undefined],
      [{ 'retry-after': '9'.repeat(400) }, undefined],
      [{}, undefined],
    ];
    for (const [i, [headers, seconds]] of answers.entries()) {
      handler = (_request, response) => {
        response.sendDate = false;
        response.writeHead(429, headers).end();
      };
      post({ id: i });
      await answered(i + 1);
      const input = inputs[i];
      assert.equal(
        input?.kind === 'http-done' ? input.retryAfterSeconds : -1,
        seconds,
        JSON.stringify(headers),
      );
    }
  });

  it('lets a kept connection go after a while, and for one to somebody else', async () => {
    const bank = new HandTimer();
    exchange = new HttpExchange({
      http: httpNetwork,
      timer: bank,
      exchangesMax: 1,
      onInput: (input) => {
        inputs.push(input);
        wake();
      },
    });
    const ended: Promise<unknown>[] = [];
    server.on('connection', (socket) => ended.push(new Promise((resolve) => socket.on('close', resolve))));
    post({ id: 1 });
    await answered(1);
    assert.deepEqual(bank.delays, [CONNECTION_IDLE_MS]);
    bank.fire();
    await ended[0];
    post({ id: 2 });
    await answered(2);
    assert.equal(connections, 2);
    const { port } = server.address() as AddressInfo;
    post({ id: 3, url: `http://localhost:${port}/` });
    await answered(3);
    assert.deepEqual(bank.delays, [CONNECTION_IDLE_MS], 'the kept one has made room');
    await ended[1];
    assert.equal(inputs[2]?.kind, 'http-done');
    exchange.close();
    assert.deepEqual(bank.delays, [], 'no timer is left behind');
  });

  it('takes exactly the limit, and stops reading past it', async () => {
    handler = (_request, response) => response.end(Buffer.alloc(4_096));
    post({ id: 1 });
    await answered(1);
    assert.equal(inputs[0]?.kind, 'http-done');
    let sent = 0;
    let open = true;
    handler = (_request, response) => {
      response.on('close', () => (open = false));
      const more = () => {
        if (!open) return;
        sent += 1_024;
        response.write(Buffer.alloc(1_024));
        setTimeout(more, 2);
      };
      more();
    };
    post({ id: 2 });
    await answered(2);
    assert.deepEqual(inputs[1], { kind: 'http-failed', id: 2, reason: 'too-large' });
    assert.ok(sent < 65_536, `the peer could send ${sent} bytes`);
  });

  it('believes a content-length that is too large', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write('[');
    };
    post();
    await answered(1);
    assert.deepEqual(inputs, [{ kind: 'http-failed', id: 1, reason: 'too-large' }]);
  });

  it('gives up after the timeout and ignores what comes late', async () => {
    let late: ServerResponse | undefined;
    handler = (_request, response) => {
      late = response;
    };
    post({ timeoutMs: 50 });
    await answered(1);
    late?.end('late');
    post({ id: 2, timeoutMs: 50 });
    await answered(2);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(inputs, [
      { kind: 'http-failed', id: 1, reason: 'timeout' },
      { kind: 'http-failed', id: 2, reason: 'timeout' },
    ]);
  });

  it('times out a body that trickles', async () => {
    handler = (_request, response) => {
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    };
    post({ timeoutMs: 80 });
    await answered(1);
    assert.deepEqual(inputs, [{ kind: 'http-failed', id: 1, reason: 'timeout' }]);
  });

  it('fails on a refused connection, a cut answer and an odd URL', async () => {
    post({ id: 1, url: 'http://127.0.0.1:1/' });
    await answered(1);
    handler = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('abc');
      setTimeout(() => response.destroy(), 10);
    };
    post({ id: 2 });
    await answered(2);
    post({ id: 3, url: 'mailto:owner' });
    post({ id: 4, url: 'https://127.0.0.1/' });
    await answered(4);
    assert.deepEqual(
      inputs,
      [1, 2, 3, 4].map((id) => ({ kind: 'http-failed', id, reason: 'connection' })),
    );
  });

  it('bounds what is on the wire and what waits', async () => {
    const held: ServerResponse[] = [];
    handler = (_request, response) => held.push(response);
    const total = EXCHANGES_MAX + EXCHANGES_WAITING_MAX;
    for (let id = 1; id <= total + 1; id++) post({ id, timeoutMs: 10_000 });
    await answered(1);
    assert.deepEqual(inputs, [{ kind: 'http-failed', id: total + 1, reason: 'connection' }]);
    while (held.length < EXCHANGES_MAX) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(connections, EXCHANGES_MAX);
    handler = (_request, response) => response.end();
    for (const response of held) response.end();
    await answered(total + 1);
    assert.equal(inputs.filter((input) => input.kind === 'http-done').length, total);
    assert.ok(connections <= EXCHANGES_MAX);
  });

  it('uses no more connections than a small heap spares', async () => {
    exchange = new HttpExchange({
      http: httpNetwork,
      timer,
      exchangesMax: 1,
      onInput: (input) => {
        inputs.push(input);
        wake();
      },
    });
    for (let id = 1; id <= 3; id++) post({ id });
    await answered(3);
    assert.deepEqual(
      inputs.map((input) => input.kind),
      ['http-done', 'http-done', 'http-done'],
    );
    assert.equal(connections, 1);
  });

  it('says nothing after close', async () => {
    handler = () => {};
    post();
    exchange.close();
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(inputs, []);
  });
});

/** Timers that go off when a test says so. */
class HandTimer {
  readonly #waiting = new Map<object, { readonly callback: () => void; readonly delayMs: number }>();

  get delays(): readonly number[] {
    return [...this.#waiting.values()].map(({ delayMs }) => delayMs);
  }

  set(callback: () => void, delayMs: number): object {
    const token = {};
    this.#waiting.set(token, { callback, delayMs });
    return token;
  }

  clear(token: unknown): void {
    this.#waiting.delete(token as object);
  }

  fire(): void {
    for (const { callback } of [...this.#waiting.values()]) callback();
  }
}
