import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { RentalWorld } from './rental-world.js';

const README = new URL('../../../README.md', import.meta.url);
const BEGIN = '<!-- the rental, as tests/e2e/rental.test.ts plays it -->\n```\n';
const END = '\n```\n<!-- end of the rental -->';
/** Set to write the transcript anew, after the tool's words have changed. */
const UPDATE = 'LATCHKEY_UPDATE_TRANSCRIPT';

describe('a rental of a fortnight', function () {
  this.timeout(180_000);
  let world: RentalWorld;
  before(async () => {
    world = await RentalWorld.start('2030-03-25 08:00');
  });
  after(() => world.stop());

  const REFUSED = { exitCode: 1 };

  it('sets up: deploy, pair, register', async () => {
    const { door, host } = world;
    await world.person('owner');
    world.note('# 2030-03-25 08:00');
    await world.say('config chain anvil', 'untold');
    await world.say(`config rpc ${world.chain.anvil.rpcUrl}`, 'untold');
    await world.say('config key owner', 'untold');
    await world.say('deploy');
    host.boot();
    door.pressButton();
    await world.say(`pair front-door --at ${world.at} --register --reports lock/reports.hex`, {
      answers: [world.code, true],
    });
    await world.say('unlock');
    assert.equal(door.bolt, 'unlocked');
    await world.say('lock');
    assert.equal(door.bolt, 'locked');
  });

  it('grants a cleaner, a weekend guest and a courier', async () => {
    const cleaner = await world.person('cleaner');
    await world.say(`grant ${cleaner} --name cleaner --until 2030-12-31 --days tue --hours 9-12`);
    const guest = await world.person('guest');
    await world.say(`grant ${guest} --name guest --from "2030-03-29 15:00" --until "2030-03-31 20:00"`);
    const courier = await world.person('courier');
    await world.say(`grant ${courier} --name courier --until 2030-03-26 --uses 1`);
    await world.say('guests');
  });

  it('holds the cleaner to Tuesdays from 9 to 12, and the courier to one opening', async () => {
    const { door } = world;
    await world.goTo('2030-03-25 09:30');
    await world.say('unlock --key cleaner', REFUSED);
    await world.say('unlock --key guest', REFUSED);
    assert.equal(door.bolt, 'locked');
    await world.goTo('2030-03-26 09:30');
    await world.say('unlock --key cleaner');
    await world.say('lock --key cleaner');
    await world.say('unlock --key courier');
    assert.equal(door.bolt, 'unlocked');
    await world.say('lock --key courier');
    await world.say('unlock --key courier', REFUSED);
    await world.goTo('2030-03-26 12:30');
    await world.say('unlock --key cleaner', REFUSED);
    assert.equal(door.bolt, 'locked');
  });

  it('forgets nothing over power cuts', async () => {
    const { door, host } = world;
    await world.goTo('2030-03-27 03:00');
    world.note('# the power is cut for an hour, while the owner unlocks');
    const cut = new Promise<void>((resolve) => {
      const off = host.on((event) => {
        if (event.kind !== 'power' || event.on) return;
        off();
        resolve();
      });
    });
    host.cutPowerAtWrite(1, 'after');
    await world.say('unlock --wait 1', { exitCode: 4 });
    await cut;
    const { moves } = door;
    await world.goTo('2030-03-27 04:00');
    host.boot();
    await world.polled();
    await world.say('status');
    assert.equal(door.moves, moves, 'an unlock is not taken up after a cut');
    assert.equal(door.bolt, 'locked');
    await world.say('unlock --key courier', REFUSED);
  });

  it('obeys nothing that was said while it was offline for two days', async () => {
    const { door } = world;
    await world.goTo('2030-03-27 18:00');
    world.note('# the network is gone for two days');
    world.network.set(false);
    await world.goTo('2030-03-29 15:00');
    await world.say('unlock --key guest --wait 1', { exitCode: 4 });
    await world.goTo('2030-03-29 18:00');
    world.network.set(true);
    await world.polled();
    assert.equal(door.bolt, 'locked', 'an order of three hours ago opens nothing');
    await world.say('unlock --key guest');
    assert.equal(door.bolt, 'unlocked');
    await world.say('lock --key guest');
  });

  it('ends with the grant, and keeps summer time', async () => {
    const { door } = world;
    await world.goTo('2030-03-31 19:30');
    await world.say('unlock --key guest');
    await world.say('lock --key guest');
    await world.goTo('2030-03-31 20:30');
    await world.say('unlock --key guest', REFUSED);
    await world.goTo('2030-04-02 09:15');
    await world.say('unlock --key cleaner');
    assert.equal(door.bolt, 'unlocked');
    await world.goTo('2030-04-02 11:59');
    await world.say('lock --key cleaner');
    await world.goTo('2030-04-02 12:01');
    await world.say('unlock --key cleaner', REFUSED);
    assert.equal(door.bolt, 'locked');
  });

  it('is sold, and bought back: neither old owners nor guests come in', async () => {
    const { door } = world;
    const buyer = await world.person('buyer');
    await world.goTo('2030-04-04 10:00');
    await world.say(`handover ${buyer} --yes`);
    for (const key of ['owner', 'cleaner', 'guest', 'courier']) {
      await world.say(`unlock --key ${key}`, key === 'owner' ? REFUSED : 'refused untold');
    }
    assert.equal(door.bolt, 'locked');
    await world.say('unlock --key buyer');
    await world.say('lock --key buyer');
    await world.goTo('2030-04-08 10:00');
    await world.say(`handover ${await world.person('owner')} --key buyer --yes`);
    await world.say('unlock --key buyer', REFUSED);
    await world.goTo('2030-04-09 09:30');
    await world.say('unlock --key cleaner', REFUSED);
    assert.equal(door.bolt, 'locked');
    await world.say('unlock');
    assert.equal(door.bolt, 'unlocked');
    await world.say('lock');
    await world.say('guests');
  });

  it('is told whole by the log, every line verified', async () => {
    const { stdout } = await world.say('log');
    const told = stdout.trimEnd().split('\n');
    assert.ok(told.every((line) => !line.startsWith('!!')));
    assert.match(told.at(-1) ?? '', /^\d+ reports signed by front-door; from the first on none is missing$/);
    const count = (pattern: RegExp) => told.filter((line) => pattern.test(line)).length;
    assert.equal(count(/cleaner \(.*\): unlock; the bolt is unlocked/), 2);
    assert.equal(count(/cleaner \(.*\): REFUSED/), 3);
    assert.equal(count(/courier \(.*\): unlock; the bolt is unlocked/), 1);
    assert.equal(count(/guest \(.*\): unlock; the bolt is unlocked/), 2);
    assert.equal(count(/: handover/), 2);
    assert.equal(count(/buyer \(.*\): unlock; the bolt is unlocked/), 1);
  });

  it('is the transcript in the README', () => {
    const readme = readFileSync(README, 'utf8');
    const [before, rest] = readme.split(BEGIN);
    const [shown, after] = (rest ?? '').split(END);
    assert.ok(before !== undefined && shown !== undefined && after !== undefined, 'README has its place');
    if (process.env[UPDATE] === '1') writeFileSync(README, before + BEGIN + world.transcript + END + after);
    else assert.equal(shown, world.transcript, `${UPDATE}=1 writes it anew`);
  });
});
