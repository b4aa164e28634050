import { grouped } from '../view/words.js';
import type { FleetFigures } from './run-fleet.js';

const LABEL_WIDTH = 44;
const DAY_HOURS = 24;

/** The heads of README's table, whose rows `fleetRow` makes. */
export const FLEET_HEADS: readonly string[] = Object.freeze([
  'locks',
  'requests',
  'JSON-RPC calls',
  'bodies up / down, MB',
  'gas of 12 orders, Ethereum / IoTeX',
  'reports',
  'heap a lock, KB',
  'all locks: requests a second, mean / peak',
  'printed by',
]);

/** The command that prints the figures. */
export function fleetCommand({ locks, hours }: Pick<FleetFigures, 'locks' | 'hours'>): string {
  return `npm run sim -- --fleet ${locks} --hours ${hours}`;
}

/** The figures as a row of README's table. */
export function fleetRow(figures: FleetFigures): string {
  const { locks, lockDay, node, heapBytesPerLock } = figures;
  const cells = [
    grouped(locks),
    grouped(lockDay.requests),
    grouped(lockDay.calls),
    `${megabytes(lockDay.bytesUp)} / ${megabytes(lockDay.bytesDown)}`,
    `${grouped(lockDay.gas.ethereum)} / ${grouped(lockDay.gas.iotex)}`,
    `${Math.round(lockDay.reports)}`,
    grouped(heapBytesPerLock / 1_000),
    `${node.requestsPerSecond} / ${node.peakRequestsPerSecond}`,
    `\`${fleetCommand(figures)}\``,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The figures for people. */
export function fleetLines(figures: FleetFigures): readonly string[] {
  const { locks, hours, seed, lockDay, node, orderSeconds, total } = figures;
  if (hours === 0) return ['ended before the measured hours began, in which every lock has its usual pace'];
  const scaled =
    hours === DAY_HOURS ? '' : `, scaled from ${hours} h to a day by ${round(DAY_HOURS / hours)}`;
  return [
    `${grouped(locks)} locks on one chain and 3 nodes, ${hours} h, seed ${seed}`,
    '',
    ...section(`a lock and day${scaled}`, [
      ['requests', grouped(lockDay.requests)],
      ['JSON-RPC calls in them', grouped(lockDay.calls)],
      ['  for logs / for transactions', `${grouped(lockDay.logQueries)} / ${lockDay.transactionQueries}`],
      ['bytes up / down, without HTTP heads', `${grouped(lockDay.bytesUp)} / ${grouped(lockDay.bytesDown)}`],
      ['orders', `${lockDay.orders}`],
      ['gas of them, Ethereum', grouped(lockDay.gas.ethereum)],
      ['gas of them, IoTeX', grouped(lockDay.gas.iotex)],
      ['reports / their bytes', `${lockDay.reports} / ${grouped(lockDay.reportBytes)}`],
      ['writes to flash / their bytes', `${lockDay.flashWrites} / ${grouped(lockDay.flashBytesWritten)}`],
    ]),
    '',
    ...section('a lock', [
      ['gas of its registration, Ethereum / IoTeX', gasWords(figures.registrationGas)],
      ['heap of this process, about KB', grouped(figures.heapBytesPerLock / 1_000)],
      ['records in flash, bytes', grouped(figures.flashBytesPerLock)],
      ['order to report, median / worst, s', `${orderSeconds.median} / ${orderSeconds.worst}`],
    ]),
    '',
    ...section('all locks, were there one node', [
      ['requests a second, mean / peak', `${node.requestsPerSecond} / ${node.peakRequestsPerSecond}`],
      ['log queries a second', `${node.logQueriesPerSecond}`],
      ['bytes down a second', grouped(node.bytesDownPerSecond)],
    ]),
    '',
    `from the first boot on: ${grouped(total.obeyed)} of ${grouped(total.orders)} orders obeyed, ${grouped(total.reports)} reports verified, ${grouped(total.requests)} requests`,
    '',
    fleetRow(figures),
  ];
}

function section(title: string, rows: readonly (readonly [label: string, value: string])[]): string[] {
  return [title, ...rows.map(([label, value]) => `  ${label.padEnd(LABEL_WIDTH)}${value.padStart(20)}`)];
}

function gasWords({ ethereum, iotex }: FleetFigures['registrationGas']): string {
  return `${grouped(ethereum)} / ${grouped(iotex)}`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}

function round(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toFixed(2))) : '-';
}
