import assert from 'node:assert/strict';
import {
  capSocket,
  type SocketConstructor,
  type SocketOptions,
} from '../../../firmware/drivers/capped-socket.js';
import { parseHttpDate } from '../../../firmware/drivers/http-date.js';
import { agreedTime, HttpsTime, independentHosts } from '../../../firmware/drivers/https-time.js';
import type { HttpClientOptions, HttpNetwork, HttpRequestOptions } from '../../../firmware/drivers/io.js';
import { ReportPost } from '../../../firmware/drivers/report-post.js';
import { SerialLink } from '../../../firmware/drivers/serial-link.js';
import { Station } from '../../../firmware/drivers/station.js';
import { createBoard } from './board.js';
import { createSerial, createWifi } from './look-alikes.js';

describe('parseHttpDate', () => {
  it('reads an IMF-fixdate', () => {
    assert.equal(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT'), 784_111_777);
    assert.equal(parseHttpDate('Thu, 29 Feb 2024 23:59:59 GMT'), Date.UTC(2024, 1, 29, 23, 59, 59) / 1000);
  });

  it('refuses everything else', () => {
    const refused = [
      '',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
      'Sun, 06 Nov 1994 08:49:37 UTC',
      'Sun, 06 Nov 1994 24:00:00 GMT',
      'Sun, 06 Nov 1994 08:60:37 GMT',
      'Sun, 06 Nov 1994 08:49:60 GMT',
      'Sun, 31 Nov 1994 08:49:37 GMT',
      'Wed, 29 Feb 2023 08:49:37 GMT',
      'Sun, 00 Nov 1994 08:49:37 GMT',
      'Sun, 06 Nov 1969 08:49:37 GMT',
      'Sun, 06 Foo 1994 08:49:37 GMT',
      'Xxx, 06 Nov 1994 08:49:37 GMT',
      'Sun, 06 Nov 1994 08:49:37 GMT ',
      ' Sun, 06 Nov 1994 08:49:37 GM',
    ];
    for (const text of refused) assert.equal(parseHttpDate(text), undefined, text);
    const whole = 'Sun, 06 Nov 1994 08:49:37 GMT';
    for (let i = 0; i < whole.length; i++) assert.equal(parseHttpDate(whole.slice(0, i)), undefined);
  });
});

describe('agreedTime', () => {
  const reading = (host: string, unixSeconds: number, uptimeMs = 0) => ({ host, unixSeconds, uptimeMs });

  it('needs two hosts within 60 s', () => {
    assert.equal(agreedTime([reading('a', 1_000)], 0), undefined);
    assert.equal(agreedTime([reading('a', 1_000), reading('b', 1_061)], 0), undefined);
    assert.equal(agreedTime([reading('a', 1_000), reading('b', 1_060)], 0), 1_000);
  });

  it('does not take one host that was asked twice for two', () => {
    assert.equal(agreedTime([reading('a', 1_000), reading('a', 1_000)], 0), undefined);
  });

  it('lets a third host outvote one that is wrong', () => {
    assert.equal(agreedTime([reading('a', 9_000), reading('b', 1_000), reading('c', 1_002)], 0), 1_000);
  });

  it('counts the time that has passed since each answer', () => {
    assert.equal(agreedTime([reading('a', 1_000, 0), reading('b', 1_100, 100_000)], 110_000), 1_110);
  });
});

describe('independentHosts', () => {
  it('leaves out whoever runs an endpoint, and a name twice', () => {
    const hosts = ['www.example.org', 'time.node.example', 'cdn.example.org', 'b.test'];
    assert.deepEqual(independentHosts(hosts, ['rpc.NODE.example']), ['www.example.org', 'b.test']);
  });
});

describe('HttpsTime', () => {
  const HOSTS = ['a.test', 'b.test', 'c.test'];

  /** Hosts that answer with this Date, or not at all. */
  function create(dates: Readonly<Record<string, string | undefined>>, hosts: readonly string[] = HOSTS) {
    const board = createBoard();
    const asked: string[] = [];
    const closed: string[] = [];
    const https: HttpNetwork = {
      io: class {
        readonly #host: string;
        constructor({ host, port }: HttpClientOptions) {
          assert.equal(port, 443);
          this.#host = host;
          asked.push(host);
        }
        request(options: HttpRequestOptions) {
          const request = { read: () => undefined, write: () => 0 };
          assert.equal(options.method, 'HEAD');
          const date = dates[this.#host];
          if (date !== undefined) {
            board.clock.after(100, () => options.onHeaders?.call(request, 200, new Map([['date', date]])));
          }
          return request;
        }
        close() {
          closed.push(this.#host);
        }
      },
    };
    const uptimeMs = () => board.clock.monotonicMs();
    const time = new HttpsTime({ ...board, https, hosts, uptimeMs });
    return { ...board, asked, closed, time };
  }
  const NOW = 'Sun, 06 Nov 1994 08:49:37 GMT';
  const LATER = 'Sun, 06 Nov 1994 08:49:50 GMT';
  const FAR = 'Sun, 06 Nov 2034 08:49:37 GMT';

  it('gives the time once two hosts agree, and closes every connection', () => {
    const { asked, closed, clock, inputs, time } = create({ 'a.test': NOW, 'b.test': LATER });
    time.start([]);
    clock.advance(1_000);
    assert.deepEqual(inputs, [{ kind: 'clock', unixSeconds: 784_111_777, source: 'https' }]);
    assert.deepEqual(asked, ['a.test', 'b.test']);
    assert.deepEqual(closed, asked);
  });

  it('never believes one host alone, however often it answers', () => {
    const { clock, inputs, time } = create({ 'a.test': NOW, 'b.test': FAR });
    time.start([]);
    clock.advance(300_000);
    assert.deepEqual(inputs, []);
  });

  it('goes on to the third where one does not answer within 20 s', () => {
    const { asked, clock, inputs, time } = create({ 'b.test': NOW, 'c.test': NOW });
    time.start([]);
    clock.advance(19_999);
    assert.deepEqual(asked, ['a.test']);
    clock.advance(1_000);
    assert.equal(inputs.length, 1);
  });

  it('does not ask whoever operates an endpoint', () => {
    const { asked, clock, inputs, time } = create({ 'a.test': NOW, 'b.test': NOW, 'c.test': NOW });
    time.start(['a.test', 'b.test']);
    clock.advance(10_000);
    assert.deepEqual(asked, ['c.test']);
    assert.deepEqual(inputs, []);
  });

  it('asks again after 6 hours, and after 30 s where nobody agreed', () => {
    const well = create({ 'a.test': NOW, 'b.test': NOW });
    well.time.start([]);
    well.clock.advance(6 * 3_600_000);
    assert.equal(well.asked.length, 2);
    well.clock.advance(1_000);
    assert.equal(well.asked.length, 4);
    const ill = create({ 'a.test': 'yesterday' }, ['a.test']);
    ill.time.start([]);
    ill.clock.advance(30_099);
    assert.equal(ill.asked.length, 1);
    ill.clock.advance(1_000);
    assert.equal(ill.asked.length, 2);
  });

  it('is silent once it was stopped', () => {
    const { clock, inputs, time } = create({ 'a.test': NOW, 'b.test': NOW });
    time.start([]);
    clock.advance(50);
    time.stop();
    clock.advance(100_000);
    assert.deepEqual(inputs, []);
  });
});

describe('capSocket', () => {
  function create(bytesMax: number) {
    let inner: SocketOptions = {};
    const closed: string[] = [];
    const io: SocketConstructor = class {
      format = 'buffer';
      constructor(options: SocketOptions) {
        inner = options;
      }
      read(count?: number): unknown {
        return this.format === 'number' ? 7 : new ArrayBuffer(count ?? 0);
      }
      write(): void {}
      close(): void {
        closed.push('closed');
      }
    };
    const readable: number[] = [];
    const errors: unknown[] = [];
    const socket = new (capSocket(io, bytesMax))({
      onReadable: (count) => readable.push(count),
      onError: (error) => errors.push(error),
    });
    return { socket, closed, readable, errors, arrive: (count: number) => inner.onReadable?.(count) };
  }

  it('lets a peer send as much as was asked for, and breaks off at the next byte', () => {
    const { arrive, closed, errors, readable, socket } = create(100);
    arrive(100);
    assert.deepEqual(readable, [100]);
    socket.read(100);
    arrive(1);
    assert.deepEqual(readable, [100]);
    assert.deepEqual(closed, ['closed']);
    assert.equal(errors.length, 1);
  });

  it('counts what waits unread once, in bytes and in single numbers', () => {
    const { arrive, errors, socket } = create(100);
    arrive(60);
    socket.format = 'number';
    for (let i = 0; i < 20; i++) socket.read();
    // 40 that were announced before, and 40 new ones.
    arrive(80);
    assert.deepEqual(errors, []);
    arrive(81);
    assert.equal(errors.length, 1);
  });

  it('counts anew with each request', () => {
    const { arrive, errors, socket } = create(100);
    for (let i = 0; i < 5; i++) {
      socket.write(new Uint8Array(1));
      arrive(100);
      socket.read(100);
    }
    assert.deepEqual(errors, []);
  });
});

describe('Station', () => {
  function create() {
    const board = createBoard();
    const wifi = createWifi();
    const told: boolean[] = [];
    const station = new Station({ ...board, io: wifi.io, onChange: (connected) => told.push(connected) });
    return { ...board, ...wifi, station, told };
  }

  it('joins, and tells once when there is an address', () => {
    const { become, calls, station, told } = create();
    station.join({ ssid: 'home', password: 'secret' });
    assert.deepEqual(calls, ['connect home secret']);
    become(400);
    assert.deepEqual(told, []);
    become(500);
    become(500);
    assert.deepEqual(told, [true]);
    assert.equal(station.isConnected, true);
  });

  it('joins again for as long as it takes, less and less often', () => {
    const { become, calls, clock, station, told } = create();
    station.join({ ssid: 'home' });
    become(500);
    become(200);
    assert.deepEqual(told, [true, false]);
    const waits = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 60_000];
    for (const waitMs of waits) {
      const before = calls.length;
      clock.advance(waitMs - 1);
      assert.equal(calls.length, before, `before ${waitMs}`);
      clock.advance(1);
      assert.equal(calls.length, before + 1, `after ${waitMs}`);
      become(200);
    }
    become(500);
    assert.equal(told.at(-1), true);
  });

  it('gives a try up after 30 s', () => {
    const { calls, clock, station } = create();
    station.join({ ssid: 'home' });
    clock.advance(30_000);
    assert.deepEqual(calls, ['connect home -', 'disconnect']);
    clock.advance(1_000);
    assert.equal(calls.at(-1), 'connect home -');
  });

  it('leaves one network for another, and stays for the same', () => {
    const { become, calls, station } = create();
    station.join({ ssid: 'home' });
    become(500);
    station.join({ ssid: 'home' });
    station.join({ ssid: 'other', password: 'x' });
    assert.deepEqual(calls, ['connect home -', 'disconnect', 'connect other x']);
  });
});

describe('SerialLink', () => {
  function create() {
    const board = createBoard();
    const serial = createSerial();
    const link = new SerialLink({ ...board, io: serial.io, port: 0, receive: 20, transmit: 21 });
    return { ...board, serial, link };
  }
  const bytes = (...values: number[]) => Uint8Array.from(values);

  it('opens with the first byte and closes after 5 s of silence', () => {
    const { clock, inputs, serial } = create();
    serial.receive(bytes(1));
    serial.receive(bytes(2, 3));
    clock.advance(4_999);
    assert.deepEqual(inputs, [
      { kind: 'pairing-opened' },
      { kind: 'pairing-received', bytes: bytes(1) },
      { kind: 'pairing-received', bytes: bytes(2, 3) },
    ]);
    clock.advance(1);
    assert.deepEqual(inputs.at(-1), { kind: 'pairing-closed' });
    serial.receive(bytes(4));
    assert.deepEqual(inputs.at(-2), { kind: 'pairing-opened' });
  });

  it('sends no more than the port has room for, in order', () => {
    const { link, serial } = create();
    link.send(bytes(1, 2, 3));
    link.send(bytes(4));
    assert.deepEqual(serial.sent, []);
    serial.writable(2);
    serial.writable(128);
    assert.deepEqual(serial.sent, [bytes(1, 2), bytes(3), bytes(4)]);
  });

  it('opens anew after the lock has ended a session', () => {
    const { clock, inputs, link, serial } = create();
    serial.receive(bytes(1));
    link.end();
    clock.advance(60_000);
    serial.receive(bytes(2));
    assert.equal(inputs.filter(({ kind }) => kind === 'pairing-opened').length, 2);
    assert.equal(inputs.filter(({ kind }) => kind === 'pairing-closed').length, 0);
  });

  it('drops what a peer that never reads would pile up', () => {
    const { link, serial } = create();
    for (let i = 0; i < 100; i++) link.send(new Uint8Array(1_000));
    serial.writable(1_000_000);
    assert.equal(serial.sent.length, 8);
  });
});

describe('ReportPost', () => {
  it('keeps a report waiting while nobody has said where it goes', () => {
    const board = createBoard();
    const http: HttpNetwork = {
      io: class {
        constructor() {
          throw new Error('must not connect');
        }
        request(): never {
          throw new Error();
        }
        close(): void {}
      },
    };
    new ReportPost({ ...board, http, url: () => undefined }).publish(7, new Uint8Array(3));
    assert.deepEqual(board.inputs, [{ kind: 'publish-failed', seq: 7 }]);
  });
});
