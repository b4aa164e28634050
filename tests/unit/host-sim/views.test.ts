import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { ALARM } from '../../../firmware/protocol/report.js';
import type { ConsoleEvent } from '../../../host-sim/console-event.js';
import { drawDoor } from '../../../host-sim/view/door-art.js';
import { JsonLinesView } from '../../../host-sim/view/json-lines.js';
import { PlainView } from '../../../host-sim/view/plain.js';
import { TerminalView } from '../../../host-sim/view/terminal.js';
import { STAGES, Timeline } from '../../../host-sim/view/timeline.js';
import { alarmWords } from '../../../host-sim/view/words.js';

const ADDRESS = `0x${'ab'.repeat(20)}`;
const HASH = `0x${'cd'.repeat(32)}`;
const ready: ConsoleEvent = {
  event: 'ready',
  rpc: 'http://127.0.0.1:65535',
  chainId: 31_337,
  registry: ADDRESS,
  lock: ADDRESS,
  owner: ADDRESS,
};
const done: ConsoleEvent = {
  event: 'done',
  toggles: 3,
  ok: 2,
  p50_ms: 900,
  p95_ms: 1_400,
  reportsVerified: 9,
};

function toggles(): ConsoleEvent[] {
  const timeline = new Timeline();
  return ['unlock', 'lock', 'unlock', 'lock', 'unlock', 'lock'].map((action, i) => {
    const number = timeline.start(action as 'lock' | 'unlock');
    timeline.sent(number, `${HASH}${i}`, 1_000);
    for (const [at, stage] of STAGES.entries()) timeline.reach(`${HASH}${i}`, stage, 1_000 + at * 9_999);
    return {
      event: 'toggle',
      toggle: timeline.finish(number, i === 1 ? 'the bolt is jammed, not locked'.repeat(4) : undefined),
    };
  });
}

describe('JsonLinesView', () => {
  it('prints the documented events alone, with their time', () => {
    const out: string[] = [];
    const aside: string[] = [];
    const view = new JsonLinesView(
      (line) => out.push(line),
      (line) => aside.push(line),
    );
    view.show({ event: 'step', text: 'starting' }, 1);
    view.show(ready, 12.6);
    view.show({ event: 'bolt', position: 'locked', cause: 'boot', by: null, tx: null }, 13);
    view.show({ event: 'polled', head: 5 }, 14);
    view.show({ event: 'power', on: false }, 14);
    view.show({ event: 'refused', reason: 'high-s', by: null, tx: HASH }, 15);
    view.show({ event: 'alarm', alarm: 'forcedOpen', on: true }, 16);
    view.show({ event: 'report', cose: '0xd2', seq: 4 }, 16);
    view.show(done, 17);
    assert.deepEqual(
      out.map((line) => JSON.parse(line)),
      [
        { ...ready, at_ms: 13 },
        { event: 'bolt', at_ms: 13, position: 'locked', cause: 'boot', by: null, tx: null },
        { event: 'refused', at_ms: 15, reason: 'high-s', by: null, tx: HASH },
        { event: 'alarm', at_ms: 16, alarm: 'forcedOpen', on: true },
        { event: 'report', at_ms: 16, cose: '0xd2', seq: 4 },
        { ...done, at_ms: 17 },
      ],
    );
    assert.ok(out.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1));
    assert.deepEqual(aside, ['latchkey: starting\n']);
  });
});

describe('PlainView', () => {
  it('says each event in words, steps aside', () => {
    const out: string[] = [];
    const aside: string[] = [];
    const view = new PlainView(
      (line) => out.push(line),
      (line) => aside.push(line),
    );
    view.show({ event: 'step', text: 'starting' }, 1);
    view.show({ event: 'refused', reason: 'chain-id', by: ADDRESS, tx: HASH }, 2);
    for (const event of toggles().slice(0, 2)) view.show(event, 3);
    view.show({ event: 'alarm', alarm: 'lowBattery', on: true }, 3);
    view.show({ event: 'alarm', alarm: 'lowBattery', on: false }, 3);
    view.show(done, 4);
    assert.deepEqual(aside, ['latchkey: starting\n']);
    assert.equal(out[0], 'refused chain-id from 0xabab…abab tx 0xcdcd…cdcd\n');
    assert.match(out[1] ?? '', /^toggle 1 unlock: mined 9,999 ms, .* checked 59,994 ms\n$/);
    assert.match(out[2] ?? '', /FAILED: the bolt is jammed/);
    assert.deepEqual(out.slice(3, 5), ['alarm on: battery low\n', 'alarm off: battery low\n']);
    assert.equal(out[5], 'done: 2 of 3 toggles, p50 900 ms, p95 1400 ms, 9 reports verified\n');
  });
});

describe('TerminalView', () => {
  it('fits 80 columns and 24 rows however much there is to say', () => {
    let last = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        const text = stripVTControlCharacters(String(chunk));
        if (text.trim()) last = text;
        done();
      },
    }) as unknown as NodeJS.WriteStream;
    Object.assign(stream, { columns: 80, rows: 24, isTTY: true });
    const look = () => ({ bolt: 'locked', door: 'closed', powered: true }) as const;
    const view = new TerminalView({ stream, look, unixMs: () => 5_000 });
    view.show({ event: 'step', text: 'starting' }, 1);
    view.show(ready, 1);
    view.show({ event: 'polled', head: 9_999_999 }, 1);
    view.show({ event: 'bolt', position: 'unlocked', cause: 'thumb-turn', by: null, tx: null }, 1);
    for (const event of toggles()) view.show(event, 1);
    for (let i = 0; i < 4; i++) {
      for (const reason of [
        'unknown-sender',
        'signature-range',
        'transaction-type',
        'fields-disagree',
        'chain-id',
        'registry',
        'lock',
        'high-s',
        'value',
        'unprotected',
        'expired',
        'epoch',
        'access-list',
        'malformed',
        'too-large',
        'rpc-id',
        'rpc-error',
      ] as const) {
        view.show({ event: 'refused', reason, by: null, tx: null }, 1);
      }
    }
    view.show({ event: 'message', text: 'word '.repeat(60) }, 1);
    view.close();
    const lines = last.replace(/\n$/, '').split('\n');
    assert.ok(lines.length <= 23, `${lines.length} rows`);
    for (const line of lines) assert.ok(line.length <= 80, `${line.length}: ${line}`);
    assert.ok(last.includes('rpc-error 4') && last.includes('6 lock') && last.includes('u unlock'));
    assert.ok(!last.includes('1 unlock '), 'only the newest toggles');
  });
});

describe('alarmWords', () => {
  it('names each alarm, and counts those for which there is no room', () => {
    assert.equal(alarmWords(ALARM.forcedOpen | ALARM.lowBattery), 'forced open, battery low');
    const all = Object.values(ALARM).reduce((bits, bit) => bits | bit, 0);
    assert.equal(alarmWords(all).split(', ').length, Object.keys(ALARM).length);
    assert.equal(alarmWords(all, 40), 'bolt jammed, no clock, and 11 more');
    assert.equal(alarmWords(all, 5), '13');
  });
});

describe('drawDoor', () => {
  it('draws seven rows of one width, the bolt in the frame only where it is locked', () => {
    for (const unicode of [true, false]) {
      for (const door of ['open', 'closed'] as const) {
        for (const bolt of ['locked', 'between', 'unlocked'] as const) {
          const rows = drawDoor({ bolt, door }, unicode, (text) => text);
          assert.deepEqual(
            rows.map(({ length }) => length),
            Array(7).fill(18),
            `${door} ${bolt}`,
          );
          const frame = unicode ? '▒▒' : '##';
          assert.equal(
            rows[3]?.includes(frame),
            !(bolt === 'locked' && door === 'closed'),
            `${door} ${bolt}`,
          );
        }
      }
    }
  });
});
