import assert from 'node:assert/strict';
import { Recorder } from '../../../host-sim/swarm/recorder.js';
import { runWorld } from '../../../host-sim/swarm/run-world.js';
import type { WorldRecord } from '../../../host-sim/swarm/world-record.js';
import { chartFor } from '../../../host-sim/view/chart-file.js';
import { clockOf, preciseClockOf, ticksMs, timeScale } from '../../../host-sim/view/chart-scale.js';
import { element, escapeXml } from '../../../host-sim/view/svg.js';
import { worldChart } from '../../../host-sim/view/world-chart.js';
import { everyElement, readXml, type XmlElement } from './well-formed.js';

const HOUR_MS = 3_600_000;
const LANES = ['bolt', 'sensor', 'door', 'power', 'network', 'signed', 'chain', 'reports', 'misfortunes'];

const RECORD: WorldRecord = {
  seed: 7,
  hours: 6,
  calmMs: 5 * HOUR_MS,
  bolt: [
    { fromMs: 0, toMs: HOUR_MS, value: 'locked' },
    { fromMs: HOUR_MS, toMs: HOUR_MS + 500, value: 'between' },
    { fromMs: HOUR_MS + 500, toMs: HOUR_MS + 6_000, value: 'unlocked' },
    { fromMs: HOUR_MS + 6_000, toMs: 6 * HOUR_MS, value: 'locked' },
  ],
  sensed: [{ fromMs: 0, toMs: 6 * HOUR_MS, value: 'locked' }],
  door: [{ fromMs: 0, toMs: 6 * HOUR_MS, value: 'closed' }],
  power: [{ fromMs: 0, toMs: 6 * HOUR_MS, value: 'on' }],
  network: [
    { fromMs: 0, toMs: HOUR_MS, value: 'there' },
    { fromMs: HOUR_MS, toMs: 2 * HOUR_MS, value: 'partition' },
  ],
  exchanges: [
    { atMs: 1_000, ok: true },
    { atMs: 2_000, ok: true },
    { atMs: 3_000, ok: false },
  ],
  words: [
    {
      signedMs: HOUR_MS - 9_000,
      by: 'owner',
      kind: 'unlock',
      says: 'unlock',
      minedMs: HOUR_MS - 2_000,
      outcome: 'obeyed',
    },
    {
      signedMs: 2 * HOUR_MS,
      by: 'guest',
      kind: 'lock',
      says: 'lock',
      minedMs: undefined,
      outcome: { refused: 'expired' },
    },
  ],
  reports: [
    { seq: 1, sentMs: 2_000, acknowledgedMs: 3_000, cause: 'boot', says: 'report 1, boot' },
    { seq: 2, sentMs: HOUR_MS, acknowledgedMs: undefined, cause: 'heartbeat', says: 'report 2, heartbeat' },
  ],
  faults: [
    { atMs: 3_000, name: 'loss' },
    { atMs: 3_100, name: 'loss' },
    { atMs: 3 * HOUR_MS, name: 'reorganisation keep' },
    { atMs: 4 * HOUR_MS, name: 'bit rot' },
  ],
  violations: [],
};

function lane(svg: string, name: string): XmlElement {
  const found = everyElement(readXml(svg)).find(({ attributes }) => attributes.get('id') === `lane-${name}`);
  assert.ok(found, name);
  return found;
}

/** What the marks of a lane say under the mouse. */
function tooltips(svg: string, name: string): readonly string[] {
  return everyElement(lane(svg, name))
    .filter((each) => each.name === 'title')
    .map(({ text }) => text);
}

describe('worldChart', () => {
  const svg = worldChart(RECORD);

  it('is well-formed, with a lane for each thing that one asks after', () => {
    const root = readXml(svg.trimEnd());
    assert.equal(root.name, 'svg');
    assert.equal(root.attributes.get('xmlns'), 'http://www.w3.org/2000/svg');
    assert.equal(root.attributes.get('width'), '1600');
    for (const name of LANES) assert.ok(lane(svg, name).text.includes(name), name);
  });

  it('says under the mouse what each mark is', () => {
    assert.ok(tooltips(svg, 'bolt').includes('bolt unlocked, 1:00:00 to 1:00:06'));
    assert.deepEqual(tooltips(svg, 'network'), [
      'network partition, 1:00:00 to 2:00:00',
      '0:00:00 to 0:02:33: 1 of 3 exchanges failed\nloss, 2 times',
    ]);
    assert.deepEqual(tooltips(svg, 'signed'), [
      'owner: unlock\nsigned 0:59:51, mined 0:59:58\nobeyed',
      'guest: lock\nsigned 2:00:00, not mined\nrefused: expired',
    ]);
    assert.deepEqual(tooltips(svg, 'chain'), [
      'mined 0:59:58: owner, unlock',
      `${spanAt(3 * HOUR_MS)}\nreorganisation keep`,
    ]);
    assert.deepEqual(tooltips(svg, 'reports'), [
      '0:00:02, report 1, boot\ntaken 0:00:03',
      '1:00:00, report 2, heartbeat\nnot taken',
    ]);
    assert.deepEqual(tooltips(svg, 'misfortunes'), [`${spanAt(4 * HOUR_MS)}\nbit rot`]);
  });

  it('marks violations in red with their words, and only where there are some', () => {
    assert.ok(!svg.includes('class="alarm"'));
    assert.match(svg, /every invariant held/);
    const found = 'opened for "nobody" & <no one>';
    const broken = worldChart({
      ...RECORD,
      violations: [{ atMs: 90_000, checker: 'authenticity', found }],
    });
    const elements = everyElement(readXml(broken.trimEnd()));
    const words = `0:01:30 authenticity: ${found}`;
    assert.ok(elements.some(({ name, text }) => name === 'text' && text === words));
    assert.equal(elements.filter(({ attributes }) => attributes.get('class') === 'alarm').length, 1);
  });

  it('stays within the page, and small, for two days of exchanges', () => {
    const many = Array.from({ length: 40_000 }, (_, i) => ({ atMs: i * 4_320, ok: i % 7 !== 0 }));
    const long = worldChart({ ...RECORD, hours: 48, exchanges: many });
    assert.ok(long.length < 80_000, `${long.length} characters`);
    for (const { name, attributes } of everyElement(readXml(long.trimEnd()))) {
      if (name !== 'rect') continue;
      const right = Number(attributes.get('x') ?? 0) + Number(attributes.get('width'));
      assert.ok(right <= 1_600, `${right}`);
    }
  });
});

/** The ten pixels of a chart of six hours in which a moment lies. */
function spanAt(ms: number): string {
  const binMs = (10 / (1_576 - 170)) * 6 * HOUR_MS;
  const from = Math.floor(ms / binMs) * binMs;
  return `${preciseClockOf(from)} to ${preciseClockOf(from + binMs)}`;
}

describe('ticksMs', () => {
  it('names at most 17 moments, from the first to the last hour', () => {
    for (const hours of [1, 2, 6, 12, 24, 48, 500, 8_784]) {
      const ticks = ticksMs(timeScale(0, 100, hours));
      assert.ok(ticks.length >= 3 && ticks.length <= 60, `${ticks.length} of ${hours}`);
      assert.equal(ticks[0], 0);
      if (hours <= 48) assert.ok(ticks.length <= 17 && ticks.at(-1) === hours * HOUR_MS, `${hours}`);
    }
  });
});

describe('clockOf', () => {
  it('says hours and minutes, past a day too', () => {
    assert.deepEqual([0, 59_999, 3_660_000, 30 * HOUR_MS].map(clockOf), ['0:00', '0:00', '1:01', '30:00']);
  });
});

describe('element', () => {
  it('escapes its attributes and shortens lengths', () => {
    assert.equal(element('a', { b: '"<&>', c: 1.25, d: undefined }), '<a b="&quot;&lt;&amp;&gt;" c="1.3"/>');
  });
});

describe('escapeXml', () => {
  it('leaves no character that XML does not allow', () => {
    assert.equal(escapeXml('a\u0000b\u001bc\ud800d\n\u{1f512}'), 'a\ufffdb\ufffdc\ufffdd\n\u{1f512}');
  });
});

describe('Recorder', function () {
  this.timeout(60_000);
  const live = (seed: number) => {
    const recorder = new Recorder();
    const result = runWorld({ seed, hours: 2, recorder });
    return { result, record: recorder.record(result) };
  };

  it('changes nothing in the world that it notes, and notes the same each time', () => {
    const { result, record } = live(3);
    assert.deepEqual(result, runWorld({ seed: 3, hours: 2 }));
    const file = chartFor('a.svg', record);
    assert.equal(file, chartFor('a.svg', live(3).record));
    readXml(file.trimEnd());
    assert.ok(chartFor('a.html', record).includes(file));
  });

  it('notes the whole time of bolt, door, power and network, without a gap', () => {
    const { record } = live(3);
    for (const name of ['bolt', 'door', 'power', 'network'] as const) {
      let atMs = 0;
      for (const { fromMs, toMs } of record[name]) {
        assert.equal(fromMs, atMs, name);
        atMs = toMs;
      }
      assert.equal(atMs, 2 * HOUR_MS, name);
    }
  });

  it('notes all exchanges, faults and reports that the world counts, and what became of each word', () => {
    const { result, record } = live(3);
    assert.equal(record.words.length, result.commands);
    assert.equal(
      record.faults.length,
      Object.values(result.faults).reduce((sum, count) => sum + count, 0),
    );
    // Those that the power cut off have no end; those that were doubled have two.
    assert.ok(record.exchanges.length > result.polls / 2);
    assert.ok(record.reports.filter(({ acknowledgedMs }) => acknowledgedMs !== undefined).length > 5);
    assert.ok(record.words.some(({ outcome, by }) => outcome === 'obeyed' && by === 'owner'));
    assert.ok(
      record.words.some(({ minedMs, signedMs }) => minedMs !== undefined && minedMs >= signedMs - 15_000),
    );
  });
});
