import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { formatHex } from '../../firmware/protocol/hex.js';
import { readReport } from '../../firmware/protocol/report.js';
import { withLock } from './fixture.js';
import { until } from './patience.js';
import { TestChain } from './test-chain.js';
import { LOCK, type TestLock, UNLOCK } from './test-lock.js';

type Mood = 'takes' | 'hangs' | 'fails' | 'drops' | 'takes, but the answer is lost';

/** Where reports are posted to: takes them, or does what sinks do. */
class Sink {
  mood: Mood = 'takes';
  /** Bodies in the order of their arrival, those that were not taken too. */
  readonly arrived: Uint8Array[] = [];
  readonly taken: Uint8Array[] = [];
  readonly contentTypes = new Set<string | undefined>();
  readonly methods = new Set<string | undefined>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/reports`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Uint8Array.from(Buffer.concat(parts));
    this.contentTypes.add(request.headers['content-type']);
    this.methods.add(request.method);
    this.arrived.push(body);
    switch (this.mood) {
      case 'takes':
        this.taken.push(body);
        response.writeHead(204).end();
        return;
      case 'hangs':
        return;
      case 'fails':
        response.writeHead(500).end('out of order');
        return;
      case 'drops':
        request.socket.destroy();
        return;
      case 'takes, but the answer is lost':
        this.taken.push(body);
        request.socket.destroy();
        return;
    }
  }
}

describe('a report sink', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  async function withSink(work: (lock: TestLock, sink: Sink) => Promise<void>): Promise<void> {
    const sink = new Sink();
    try {
      const reportUrl = await sink.listen();
      const host = { reportUrl, reportTimeoutMs: 1_000 };
      await withLock({ chain, host }, (lock) => work(lock, sink));
    } finally {
      await sink.stop();
    }
  }

  const seqs = (bodies: readonly Uint8Array[]) => bodies.map((cose) => readReport(cose).report.seq);
  const hexOf = (bodies: readonly Uint8Array[]) => bodies.map(formatHex);
  /** Waits for the receipt of what the bolt did where no report is delivered meanwhile. */
  const signed = (lock: TestLock, hash: string) =>
    until('a signed receipt', () =>
      lock.notices.some(
        (notice) => notice.event === 'signed' && notice.tx !== undefined && formatHex(notice.tx) === hash,
      ),
    );

  it('gets every report once, in order, as application/cose by POST', () =>
    withSink(async (lock, sink) => {
      await lock.obey(UNLOCK);
      await lock.obey(LOCK);
      assert.deepEqual(seqs(sink.taken), [1, 2, 3, 4]);
      assert.deepEqual(hexOf(sink.taken), hexOf(lock.delivered.map(({ cose }) => cose)));
      assert.deepEqual([...sink.contentTypes], ['application/cose']);
      assert.deepEqual([...sink.methods], ['POST']);
    }));

  for (const mood of ['hangs', 'fails', 'drops'] as const) {
    it(`that ${mood} and recovers loses nothing: the lock obeys meanwhile, and sends the same bytes again`, () =>
      withSink(async (lock, sink) => {
        const before = sink.taken.length;
        sink.mood = mood;
        for (const action of [UNLOCK, LOCK, UNLOCK]) await signed(lock, await lock.command(action));
        assert.equal(lock.world.bolt, 'unlocked', 'the lock did not wait for the sink');
        assert.equal(lock.world.moves, 3);
        await chain.hurry(() =>
          until('the refusal and a retry', () => {
            const tries = sink.arrived.length - before;
            return lock.refusals.includes('report-sink') && tries >= 3;
          }),
        );
        const tried = sink.arrived.slice(before);
        assert.equal(
          new Set(hexOf(tried)).size,
          1,
          'identical bytes each time, and none overtakes the first',
        );
        sink.mood = 'takes';
        await chain.hurry(() => until('all reports', () => sink.taken.length >= before + 3));
        assert.deepEqual(hexOf(sink.taken.slice(before, before + 1)), hexOf(tried.slice(0, 1)));
        assert.deepEqual(
          seqs(sink.taken),
          sink.taken.map((_, i) => i + 1),
          'in order, none lost, none twice',
        );
        assert.equal(lock.world.moves, 3, 'a retry moves nothing');
      }));
  }

  it('whose answer is lost gets the same bytes again, which it can tell by their hash', () =>
    withSink(async (lock, sink) => {
      sink.mood = 'takes, but the answer is lost';
      await signed(lock, await lock.command(UNLOCK));
      await chain.hurry(() =>
        until('a second copy', () => new Set(hexOf(sink.taken)).size < sink.taken.length),
      );
      sink.mood = 'takes';
      const receipt = await chain.hurry(() =>
        until('the delivery', () => lock.reports.find(({ cause }) => cause === 'command')),
      );
      const copies = sink.taken.filter((cose) => readReport(cose).report.seq === receipt.seq);
      assert.ok(copies.length >= 2);
      assert.equal(new Set(hexOf(copies)).size, 1);
    }));

  it('that hangs over a power cut gets the reports of before the cut, in order', () =>
    withSink(async (lock, sink) => {
      const before = sink.taken.length;
      sink.mood = 'hangs';
      const unlock = await lock.command(UNLOCK);
      await signed(lock, unlock);
      await until('the report on its way', () => sink.arrived.length > before);
      lock.host.cutPower();
      sink.mood = 'takes';
      await lock.boot();
      await chain.hurry(() => until('the reports', () => sink.taken.length >= before + 2));
      const reports = sink.taken.slice(before).map((cose) => readReport(cose).report);
      assert.deepEqual(
        reports.map(({ cause }) => cause),
        ['command', 'boot'],
      );
      assert.deepEqual(
        hexOf(sink.taken.slice(before, before + 1)),
        hexOf(sink.arrived.slice(before, before + 1)),
      );
      assert.equal(lock.world.moves, 1);
    }));

  it('that is not there at all does not keep the lock from its work', () =>
    withLock({ chain, host: { reportUrl: 'http://127.0.0.1:9/', reportTimeoutMs: 1_000 } }, async (lock) => {
      for (const action of [UNLOCK, LOCK]) await signed(lock, await lock.command(action));
      assert.equal(lock.world.moves, 2);
      await chain.hurry(() => until('the refusal', () => lock.refusals.includes('report-sink')));
      assert.deepEqual(lock.delivered, []);
    }));
});
