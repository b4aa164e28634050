import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { CONTROL_WORDS, helpText, obeyWords } from '../../../host-sim/bench/control-words.js';
import { LockBench } from '../../../host-sim/bench/lock-bench.js';
import { FIRST_WORLD, readWorld, writeWorld } from '../../../host-sim/bench/world-file.js';

const ENGINE = guardEngine(createNobleEngine());

const BOX = { text: 'a picture and the code', code: 'the code', uri: 'the picture' };

describe('a lock on its bench', () => {
  let folder: string;
  const benches: LockBench[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  });
  afterEach(() => {
    for (const bench of benches.splice(0)) bench.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = () => {
    const bench = new LockBench({ data: folder, engine: ENGINE });
    benches.push(bench);
    const target = { bench, identity: () => ({ lock: '0x1' }), box: () => BOX };
    return { bench, say: (words: string) => obeyWords(target, words.split(' ')) };
  };

  it('obeys every word that it lists, and remembers the world', () => {
    const { bench, say } = open();
    const lines = [
      'turn unlock',
      'door open',
      'case open',
      'jam on',
      'sensor dead',
      'battery 4200',
      'power off',
      'network off',
    ];
    lines.push('outside', 'hold 1', 'door force');
    lines.push('clock offset -90', 'clock none', 'press', 'secret', 'help', 'status');
    for (const line of lines) assert.ok(say(line).ok, line);
    const named = new Set(lines.map((line) => line.split(' ')[0]));
    assert.deepEqual([...named].sort(), Object.keys(CONTROL_WORDS).sort(), 'all words are tried');
    bench.stop();
    const { say: sayAgain, bench: again } = open();
    assert.deepEqual(again.world, {
      door: { extension: 0, doorOpen: true, jammed: true, switchesDead: true, caseOpen: true },
      batteryMilliVolts: 4_200,
      powerOn: false,
      networkOn: false,
      clockSource: 'none',
      clockOffsetSeconds: -90,
    });
    const { bolt, door, network } = sayAgain('status');
    assert.deepEqual({ bolt, door, network }, { bolt: 'unlocked', door: 'open', network: false });
  });

  it('names what it expects where a line is not that, and changes nothing', () => {
    const { bench, say } = open();
    for (const [line, text] of [
      ['fly', /^no such word: fly/],
      ['', /^no such word/],
      ['constructor', /^no such word/],
      ['door', /^expected: door open\|close\|force$/],
      ['door open wide', /^expected: door/],
      ['battery -1', /^expected: battery/],
      ['battery 1e3', /^expected: battery/],
      ['clock offset', /^expected: clock/],
      ['power maybe', /^expected: power/],
      ['press hard', /^expected: press/],
      ['door open', /^the bolt stands out/],
    ] as const) {
      const answer = say(line);
      assert.equal(answer.ok, false, line);
      assert.match(answer.text, text);
    }
    assert.deepEqual(bench.world, FIRST_WORLD);
  });

  it('is new once', () => {
    assert.equal(open().bench.isNew, true);
    assert.equal(open().bench.isNew, false);
  });

  it('tells in its help how each word is said', () => {
    for (const { usage } of Object.values(CONTROL_WORDS)) assert.ok(helpText().includes(`  ${usage} `));
  });
});

describe('readWorld', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-world-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('reads what was written, and what an earlier version wrote', () => {
    const path = join(folder, 'world.json');
    assert.deepEqual(readWorld(path), FIRST_WORLD);
    const world = { ...FIRST_WORLD, batteryMilliVolts: 3_000, clockSource: 'none' } as const;
    writeWorld(path, world);
    assert.deepEqual(readWorld(path), world);
    writeFileSync(path, '{"door":{"doorOpen":true}}');
    assert.deepEqual(readWorld(path), { ...FIRST_WORLD, door: { ...FIRST_WORLD.door, doorOpen: true } });
  });

  it('refuses what is no world, and says what to do', () => {
    const path = join(folder, 'world.json');
    for (const text of [
      ...['', '{', 'null', '[1', '{"door":7}', '{"batteryMilliVolts":"6000"}', '{"clockSource":"sun"}'],
      ...['{"door":{"extension":2}}', '{"powerOn":1}'],
    ]) {
      writeFileSync(path, text);
      assert.throws(() => readWorld(path), /holds no world: remove it/, text);
      assert.equal(readFileSync(path, 'utf8'), text);
    }
  });
});
