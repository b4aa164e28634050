import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { chooseHostEngine } from '../../host-sim/engines/host-engine.js';
import { Fleet } from '../../host-sim/fleet/fleet.js';
import { FLEET_HEADS, fleetCommand, fleetLines, fleetRow } from '../../host-sim/fleet/fleet-table.js';
import { type FleetFigures, runFleet } from '../../host-sim/fleet/run-fleet.js';

const README = new URL('../../../README.md', import.meta.url);
const LOCKS = 20;
const HOURS = 0.5;

describe('runFleet', function () {
  this.timeout(120_000);
  let figures: FleetFigures;

  before(async () => {
    figures = await runFleet({ locks: LOCKS, hours: HOURS, seed: 1 });
  });

  it('registers every lock, has every order obeyed and every report verified', () => {
    const { registered, orders, obeyed, reports } = figures.total;
    assert.equal(registered, LOCKS);
    assert.ok(orders >= LOCKS / 4, `${orders} orders`);
    assert.equal(obeyed, orders);
    // A boot, a pairing and a receipt of each order, and heartbeats besides.
    assert.ok(reports > 2 * LOCKS + orders, `${reports} reports`);
  });

  it('counts the same again from the same seed, but for the heap', async () => {
    const again = await runFleet({ locks: LOCKS, hours: HOURS, seed: 1 });
    assert.deepEqual({ ...again, heapBytesPerLock: 0 }, { ...figures, heapBytesPerLock: 0 });
    const other = await runFleet({ locks: LOCKS, hours: HOURS, seed: 2 });
    assert.notDeepEqual(other.lockDay, figures.lockDay);
  });

  it('prices an order and a registration as the contract does', () => {
    const gas = JSON.parse(
      readFileSync(new URL('../../../contracts/snapshots/gas.json', import.meta.url), 'utf8'),
    ) as Record<string, FleetFigures['registrationGas']>;
    assert.deepEqual(figures.registrationGas, gas['register']);
    const perOrder = figures.lockDay.gas.ethereum / figures.lockDay.orders;
    assert.equal(Math.round(perOrder), gas['command by the owner']?.ethereum);
  });

  it('ends where it is asked to, with what was lived so far', async () => {
    let part = 0;
    const stopped = await runFleet({
      locks: 2,
      hours: 2,
      seed: 1,
      onProgress: (now) => {
        part = now;
      },
      isStopped: () => part > 0.5,
    });
    assert.ok(stopped.hours > 0 && stopped.hours < 1, `${stopped.hours} h`);
    assert.ok(stopped.lockDay.requests > 1_000);
  });

  it('says in its lines that less than a day is scaled to one, and ends with the row of the document', () => {
    const lines = fleetLines(figures);
    assert.ok(lines.includes('a lock and day, scaled from 0.5 h to a day by 48'), lines.join('\n'));
    assert.ok(fleetLines({ ...figures, hours: 24 }).includes('a lock and day'));
    assert.equal(lines.at(-1), fleetRow(figures));
    assert.match(fleetLines({ ...figures, hours: 0 }).join('\n'), /^ended before/);
  });
});

describe('Fleet', function () {
  this.timeout(120_000);

  it('lets a lock ask exactly as much, however many others there are', () => {
    const engine = guardEngine(chooseHostEngine('libsecp256k1', () => {}));
    const [alone, among] = [1, 40].map((locks) => {
      const fleet = new Fleet({ locks, seed: 1, engine });
      fleet.runTo(Fleet.settledMs + HOURS * 3_600_000);
      return fleet.requestsOf(0);
    });
    assert.ok(Number(alone) > 150, `${alone} requests`);
    assert.equal(among, alone);
  });
});

describe('the fleet table of README.md', () => {
  it('has the heads and a row for each size, with the command that prints it', () => {
    const readme = readFileSync(README, 'utf8');
    assert.ok(readme.includes(`| ${FLEET_HEADS.join(' | ')} |`));
    for (const [locks, hours] of [
      [1, 24],
      [10, 24],
      [100, 24],
      [1_000, 1],
      [10_000, 1],
    ] as const) {
      const command = fleetCommand({ locks, hours });
      const row = readme.split('\n').find((line) => line.includes(`\`${command}\``));
      assert.equal(row?.split('|').length, FLEET_HEADS.length + 2, command);
    }
  });
});
