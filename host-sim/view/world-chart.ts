import type { FaultMark, WorldRecord } from '../swarm/world-record.js';
import {
  exchangeBars,
  faultBars,
  minedMarks,
  type Place,
  reportMarks,
  spanBars,
  wordMarks,
  wordShape,
} from './chart-lanes.js';
import { clockOf, preciseClockOf, type TimeScale, ticksMs, timeScale } from './chart-scale.js';
import { chartStyle } from './chart-style.js';
import { element, textAt, tooltip } from './svg.js';
import { grouped } from './words.js';

interface Lane {
  readonly name: string;
  readonly note: string;
  readonly height: number;
  draw(scale: TimeScale, place: Place): string;
}

const WIDTH = 1_600;
const LEFT = 170;
const RIGHT = WIDTH - 24;
const TOP = 92;
const GAP = 10;
const PAD = 5;
const AXIS_HEIGHT = 26;
const LEGEND_HEIGHT = 54;
const LINE_HEIGHT = 18;

/** Faults of single exchanges: the network's lane counts them. */
const EXCHANGE_FAULTS: readonly string[] = Object.freeze([
  'loss',
  'drip',
  'duplicate',
  'late answer',
  'slow answer',
  'replay',
  'http-status',
  'partitioned exchange',
  'sink away',
  'report not taken',
  'acknowledgement lost',
]);

/** Draws one world over time, a lane for each thing that a person asks after: SVG 1.1, the same for the same record. */
export function worldChart(record: WorldRecord): string {
  const scale = timeScale(LEFT, RIGHT, record.hours);
  const lanes = lanesOf(record);
  const drawn: string[] = [];
  let y = TOP;
  for (const lane of lanes) {
    drawn.push(drawLane(lane, scale, y));
    y += lane.height + GAP;
  }
  const { violations } = record;
  const listY = y + AXIS_HEIGHT + LEGEND_HEIGHT;
  const height = listY + (violations.length === 0 ? 6 : 12 + LINE_HEIGHT * violations.length);
  const size = { width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${height}` };
  const title = `Latchkey, world ${record.seed}, ${record.hours} hours`;
  return `${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', role: 'img', ...size },
    [
      tooltip(title),
      chartStyle(),
      element('rect', { class: 'paper', width: WIDTH, height }),
      heads(record),
      calmBand(record, scale, y),
      axis(scale, y),
      ...drawn,
      violationLines(record, scale, y, listY),
      legend(y + AXIS_HEIGHT),
    ].join('\n'),
  )}\n`;
}

function lanesOf(record: WorldRecord): readonly Lane[] {
  const isExchange = ({ name }: FaultMark) => name.startsWith('lie ') || EXCHANGE_FAULTS.includes(name);
  const isChain = ({ name }: FaultMark) => name.startsWith('reorganisation') || name === 'fee spike';
  const spans = (name: string, note: string, key: 'bolt' | 'sensed' | 'door' | 'power'): Lane => ({
    name,
    note,
    height: 28,
    draw: (scale, place) => spanBars(scale, place, name, record[key]),
  });
  return [
    spans('bolt', 'where it truly is', 'bolt'),
    spans('sensor', 'what the lock is told', 'sensed'),
    spans('door', '', 'door'),
    spans('power', '', 'power'),
    {
      name: 'network',
      note: 'exchanges: well, failed',
      height: 56,
      draw: (scale, place) =>
        spanBars(scale, place, 'network', record.network) +
        exchangeBars(scale, place, record.exchanges, record.faults.filter(isExchange)),
    },
    {
      name: 'signed',
      note: 'owner, guest, others',
      height: 56,
      draw: (scale, place) => wordMarks(scale, place, record.words),
    },
    {
      name: 'chain',
      note: 'mined; reorganised',
      height: 34,
      draw: (scale, { y, height }) =>
        minedMarks(scale, { y, height: height * 0.55 }, record.words) +
        faultBars(
          scale,
          { y: y + height * 0.62, height: height * 0.38 },
          'reorganised',
          record.faults.filter(isChain),
        ),
    },
    {
      name: 'reports',
      note: 'signed; taken',
      height: 34,
      draw: (scale, place) => reportMarks(scale, place, record.reports),
    },
    {
      name: 'misfortunes',
      note: 'all else that went wrong',
      height: 24,
      draw: (scale, place) =>
        faultBars(
          scale,
          place,
          'fault',
          record.faults.filter((fault) => !isExchange(fault) && !isChain(fault)),
        ),
    },
  ];
}

function drawLane({ name, note, height, draw }: Lane, scale: TimeScale, y: number): string {
  const middle = y + height / 2;
  const x = LEFT - 14;
  const label =
    note === ''
      ? textAt(x, middle + 4, name, { class: 'lane', 'text-anchor': 'end' })
      : textAt(x, middle - 1, name, { class: 'lane', 'text-anchor': 'end' }) +
        textAt(x, middle + 12, note, { class: 'small faint', 'text-anchor': 'end' });
  const band = element('rect', {
    class: 'band',
    x: LEFT,
    y,
    width: RIGHT - LEFT,
    height,
    'fill-opacity': 0.6,
  });
  const content = draw(scale, { y: y + PAD, height: height - 2 * PAD });
  return element('g', { id: `lane-${name}` }, band + label + content);
}

function heads({ seed, hours, words, reports, violations }: WorldRecord): string {
  const obeyed = words.filter(({ outcome }) => outcome === 'obeyed').length;
  const facts = [
    `${grouped(words.length)} words signed, ${grouped(obeyed)} obeyed`,
    `${grouped(reports.length)} reports`,
    violations.length === 0 ? 'every invariant held' : `${violations.length} violations`,
  ].join('; ');
  return [
    textAt(LEFT, 30, `World ${seed}, ${hours} hours`, { class: 'head' }),
    textAt(LEFT, 52, facts, { class: violations.length === 0 ? 'faint' : 'violation' }),
    textAt(RIGHT, 30, `npm run sim -- --seed ${seed} --hours ${hours} --trace`, {
      class: 'faint',
      'text-anchor': 'end',
    }),
  ].join('\n');
}

function calmBand({ calmMs }: WorldRecord, scale: TimeScale, bottom: number): string {
  if (calmMs === undefined) return '';
  const x = scale.x(calmMs);
  const place = { x, y: TOP - 6, width: RIGHT - x, height: bottom - TOP + 2 };
  const words = `calm: from ${preciseClockOf(calmMs)} on nothing goes wrong any more`;
  return (
    element('rect', { class: 'calm', ...place }, tooltip(words)) +
    textAt(x, TOP - 30, 'calm', { class: 'small faint' })
  );
}

function axis(scale: TimeScale, bottom: number): string {
  return ticksMs(scale)
    .map((ms) => {
      const x = scale.x(ms);
      const label = { class: 'faint', 'text-anchor': 'middle' };
      return [
        element('line', { class: 'grid', x1: x, y1: TOP - 6, x2: x, y2: bottom - 4 }),
        textAt(x, TOP - 12, clockOf(ms), label),
        textAt(x, bottom + 12, clockOf(ms), label),
      ].join('');
    })
    .join('\n');
}

function violationLines(
  { violations }: WorldRecord,
  scale: TimeScale,
  bottom: number,
  listY: number,
): string {
  return violations
    .map(({ atMs, checker, found }, i) => {
      const x = scale.x(atMs);
      const words = `${preciseClockOf(atMs)} ${checker}: ${found}`;
      const line = { class: 'alarm', x1: x, y1: TOP - 6, x2: x, y2: bottom - 4, 'stroke-width': 1.6 };
      return [
        element('line', line, tooltip(words)),
        element('circle', { class: 'violation', cx: x, cy: TOP - 6, r: 4 }, tooltip(words)),
        textAt(LEFT, listY + LINE_HEIGHT * (i + 0.5), words, { class: 'violation' }),
      ].join('');
    })
    .join('\n');
}

function legend(y: number): string {
  const boxes: readonly (readonly [fill: string, words: string])[] = [
    ['locked', 'locked'],
    ['unlocked', 'unlocked'],
    ['between', 'between'],
    ['unknown', 'unknown'],
    ['open', 'door open'],
    ['closed', 'door closed'],
    ['on', 'power'],
    ['off', 'no power'],
    ['partition', 'partition'],
    ['sink', 'no sink'],
    ['violation', 'violation'],
  ];
  const words: readonly (readonly [kind: Parameters<typeof wordShape>[0], fill: string, words: string])[] = [
    ['unlock', 'obeyed', 'unlock, obeyed'],
    ['lock', 'obeyed', 'lock, obeyed'],
    ['unlock', 'refused', 'refused'],
    ['unlock', 'unanswered', 'unanswered'],
    ['mode', 'obeyed', 'mode'],
    ['grant', 'obeyed', 'grant, revocation'],
    ['handover', 'obeyed', 'handover'],
  ];
  const step = (RIGHT - LEFT) / boxes.length;
  const first = boxes.map(([fill, label], i) => {
    const x = LEFT + i * step;
    return (
      element('rect', { class: fill, x, y: y + 4, width: 14, height: 12 }) +
      textAt(x + 20, y + 14, label, { class: 'small' })
    );
  });
  const second = words.map(([kind, fill, label], i) => {
    const x = LEFT + i * step;
    return wordShape(kind, `mark ${fill}`, x + 7, y + 32) + textAt(x + 20, y + 36, label, { class: 'small' });
  });
  return element('g', { id: 'legend' }, [...first, ...second].join(''));
}
