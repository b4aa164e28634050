import type { ExchangeMark, FaultMark, ReportMark, Span, WordMark } from '../swarm/world-record.js';
import { preciseClockOf, type TimeScale } from './chart-scale.js';
import { decimal, element, tooltip } from './svg.js';

/** Where a lane lies, from its upper edge. */
export interface Place {
  readonly y: number;
  readonly height: number;
}

/** The narrowest that a bar may be and still be seen, pixels. */
const BAR_WIDTH_MIN = 1;
/** The same of what somebody looks for, which lies above all else. */
const RARE_WIDTH_MIN = 2.4;
const RARE: readonly string[] = Object.freeze(['unlocked', 'open', 'off', 'partition', 'no sink']);
/** What many exchanges or faults are counted in, pixels. */
const BIN_WIDTH = 10;
const MARK_RADIUS = 4.5;

const SPAN_CLASSES: Readonly<Record<string, string>> = Object.freeze({
  locked: 'locked',
  unlocked: 'unlocked',
  between: 'between',
  unknown: 'unknown',
  'nobody listens': 'unknown',
  open: 'open',
  closed: 'closed',
  on: 'on',
  off: 'off',
  partition: 'partition',
  'no sink': 'sink',
});

/** What was so for a while, as bars; values without a colour are left open. */
export function spanBars(
  scale: TimeScale,
  { y, height }: Place,
  name: string,
  spans: readonly Span[],
): string {
  const bar = ({ fromMs, toMs, value }: Span, widthMin: number) => {
    const fill = SPAN_CLASSES[value];
    if (fill === undefined) return '';
    const x = scale.x(fromMs);
    const width = Math.max(widthMin, scale.x(toMs) - x);
    const words = `${name} ${value}, ${preciseClockOf(fromMs)} to ${preciseClockOf(toMs)}`;
    return element('rect', { class: fill, x, y, width, height }, tooltip(words));
  };
  const isRare = ({ value }: Span) => RARE.includes(value);
  return [
    ...spans.filter((span) => !isRare(span)).map((span) => bar(span, BAR_WIDTH_MIN)),
    ...spans.filter(isRare).map((span) => bar(span, RARE_WIDTH_MIN)),
  ].join('');
}

/** How many exchanges went well, up from the middle line, and how many did not, down from it. */
export function exchangeBars(
  scale: TimeScale,
  { y, height }: Place,
  exchanges: readonly ExchangeMark[],
  faults: readonly FaultMark[],
): string {
  const good = binned(
    scale,
    exchanges.filter(({ ok }) => ok),
  );
  const bad = binned(
    scale,
    exchanges.filter(({ ok }) => !ok),
  );
  const odd = binned(scale, faults);
  const tallest = Math.max(1, ...[...good.values(), ...bad.values()].map(({ length }) => length));
  const middle = y + height * 0.62;
  // By its root, so that one busy minute does not flatten all others.
  const tallOf = (count: number, room: number) => Math.max(1, room * Math.sqrt(count / tallest));
  const path = [...good].map(([bin, { length }]) => {
    const tall = tallOf(length, height * 0.62);
    return `M${decimal(scale.left + bin * BIN_WIDTH)} ${decimal(middle)}v${decimal(-tall)}h${BIN_WIDTH - 1}v${decimal(tall)}z`;
  });
  const failed = [...bad].map(([bin, { length }]) => {
    const count = good.get(bin)?.length ?? 0;
    const words = [
      `${spanOfBin(scale, bin)}: ${length} of ${count + length} exchanges failed`,
      ...countsOf(odd.get(bin) ?? []),
    ].join('\n');
    const tall = Math.min(height * 0.38, tallOf(length, height * 0.62));
    const place = { x: scale.left + bin * BIN_WIDTH, y: middle, width: BIN_WIDTH - 1, height: tall };
    return element('rect', { class: 'failed', ...place }, tooltip(words));
  });
  return element('path', { class: 'ok', d: path.join('') }) + failed.join('');
}

/** A bar for all that went wrong in a few pixels' time, the taller the more. */
export function faultBars(
  scale: TimeScale,
  { y, height }: Place,
  fill: string,
  faults: readonly FaultMark[],
): string {
  const bins = binned(scale, faults);
  const most = Math.max(1, ...[...bins.values()].map(({ length }) => length));
  return [...bins]
    .map(([bin, inBin]) => {
      const words = [spanOfBin(scale, bin), ...countsOf(inBin)].join('\n');
      const tall = height * Math.max(0.4, Math.sqrt(inBin.length / most));
      const x = scale.left + bin * BIN_WIDTH + BIN_WIDTH / 2 - 1.5;
      const bar = { x, y: y + height - tall, width: 3, height: tall };
      return element('rect', { class: fill, ...bar }, tooltip(words));
    })
    .join('');
}

/** What was signed, by whom in the upper, middle or lower row, and what the lock said to it. */
export function wordMarks(scale: TimeScale, place: Place, words: readonly WordMark[]): string {
  return words
    .map((word) => {
      const { signedMs, minedMs, by, says, outcome } = word;
      const said = typeof outcome === 'string' ? outcome : `refused: ${outcome.refused}`;
      const mined = minedMs === undefined ? 'not mined' : `mined ${preciseClockOf(minedMs)}`;
      const label = `${by}: ${says}\nsigned ${preciseClockOf(signedMs)}, ${mined}\n${said}`;
      const fill = typeof outcome === 'string' ? outcome : 'refused';
      return wordShape(word.kind, `mark ${fill}`, scale.x(signedMs), rowOf(by, place), tooltip(label));
    })
    .join('');
}

/** A triangle up for an opening, down for a lock, a circle for a mode, a square for a grant, a rhombus for a handover. */
export function wordShape(kind: WordMark['kind'], marks: string, x: number, y: number, content = ''): string {
  const r = MARK_RADIUS;
  if (kind === 'mode') return element('circle', { class: marks, cx: x, cy: y, r: r - 0.5 }, content);
  const corners: Readonly<Record<Exclude<WordMark['kind'], 'mode'>, string>> = {
    unlock: `l${r} ${2 * r - 1}h${-2 * r}z`,
    lock: `m${-r} 1h${2 * r}l${-r} ${2 * r - 1}z`,
    grant: `m${-r + 0.5} 0.5h${2 * r - 1}v${2 * r - 1}h${-2 * r + 1}z`,
    handover: `l${r} ${r}l${-r} ${r}l${-r} ${-r}z`,
  };
  return element('path', { class: marks, d: `M${decimal(x)} ${decimal(y - r)}${corners[kind]}` }, content);
}

/** Words in blocks that still stand. */
export function minedMarks(scale: TimeScale, { y, height }: Place, words: readonly WordMark[]): string {
  return words
    .map(({ minedMs, by, says }) => {
      if (minedMs === undefined) return '';
      const x = scale.x(minedMs) - 1;
      const label = `mined ${preciseClockOf(minedMs)}: ${by}, ${says}`;
      return element('rect', { class: 'mined', x, y, width: 2, height }, tooltip(label));
    })
    .join('');
}

/** Reports: tall ones tell of something, short ones are heartbeats; those that nobody took have no foot. */
export function reportMarks(scale: TimeScale, { y, height }: Place, reports: readonly ReportMark[]): string {
  const feet: string[] = [];
  const stems = reports.map(({ sentMs, acknowledgedMs, cause, says }) => {
    const isBeat = cause === 'heartbeat';
    const tall = isBeat ? height * 0.45 : height * 0.7;
    const taken = acknowledgedMs === undefined ? 'not taken' : `taken ${preciseClockOf(acknowledgedMs)}`;
    if (acknowledgedMs !== undefined)
      feet.push(`M${decimal(scale.x(acknowledgedMs) - 1)} ${decimal(y + height * 0.85)}h2v4h-2z`);
    const content = tooltip(`${preciseClockOf(sentMs)}, ${says}\n${taken}`);
    const stem = { x: scale.x(sentMs) - 1, y: y + height * 0.75 - tall, width: 2, height: tall };
    return element('rect', { class: isBeat ? 'beat' : 'report', ...stem }, content);
  });
  return stems.join('') + element('path', { class: 'obeyed', d: feet.join('') });
}

function rowOf(by: WordMark['by'], { y, height }: Place): number {
  const row = by === 'owner' ? 0 : by === 'guest' ? 1 : 2;
  return y + (height * (row + 0.5)) / 3;
}

function binned<Mark extends { readonly atMs: number }>(
  scale: TimeScale,
  marks: readonly Mark[],
): ReadonlyMap<number, readonly Mark[]> {
  const bins = new Map<number, Mark[]>();
  for (const mark of marks) {
    const bin = Math.floor((scale.x(mark.atMs) - scale.left) / BIN_WIDTH);
    const inBin = bins.get(bin);
    if (inBin === undefined) bins.set(bin, [mark]);
    else inBin.push(mark);
  }
  return bins;
}

function spanOfBin(scale: TimeScale, bin: number): string {
  const msOf = (x: number) => (x / (scale.right - scale.left)) * scale.endMs;
  return `${preciseClockOf(msOf(bin * BIN_WIDTH))} to ${preciseClockOf(msOf((bin + 1) * BIN_WIDTH))}`;
}

/** Each name with how often it was there, in the order of first appearance; lies of nodes are all one. */
function countsOf(faults: readonly FaultMark[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { name } of faults) {
    const kind = name.startsWith('lie ') ? 'a lie' : name;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name}, ${count} times`));
}
