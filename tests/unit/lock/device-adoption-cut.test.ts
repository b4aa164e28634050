import assert from 'node:assert/strict';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import { ADOPTION_HOURS } from '../../../firmware/protocol/limits.js';
import { BUYER, postVeto, signAdopt, signRefuse } from './adopter.js';
import { type LockWorld, LockWorld as World } from './fixture.js';
import { linkedReports } from './report-checks.js';
import { OWNER } from './signer.js';
import type { Cut } from './world-options.js';

const HOUR_MS = 3_600_000;
const DEVICE = { pollIntervalMs: 60_000 };
const PAIRED = new World({ device: DEVICE }).boot().pair();

/** Boots until the story is told; whatever was cut, it goes on where the lock stands. */
interface Story {
  readonly worlds: readonly LockWorld[];
  readonly last: LockWorld;
  /** Uptime of all boots since somebody asked, milliseconds. */
  readonly waitedMs: number;
}

const ownedBy = (world: LockWorld, owner: Uint8Array) =>
  world.reports().some(({ report }) => report.owner !== undefined && equalBytes(report.owner, owner));

/** An adoption and a day; after a cut the buyer asks again only where the lock does not say that it waits. */
function tell(cut: Cut | undefined, isVetoed: boolean): Story {
  let world = PAIRED.reboot({ device: DEVICE, ...(cut === undefined ? {} : { cut }) });
  const worlds = [world];
  let waitedMs = 0;
  const again = () => {
    world = world.reboot({ device: DEVICE });
    worlds.push(world);
  };
  const ask = () => {
    world.press();
    if (world.isCut || !world.openPairing()) return;
    const challenge = world.ask({ kind: 'ask' });
    if (challenge?.kind === 'challenge') world.ask(signAdopt(world.lock, challenge.challenge16));
  };
  if (world.isCut) again();
  if (!world.isCut) ask();
  if (world.isCut) {
    again();
    if (world.lastReport().adoption === undefined) ask();
  }
  const { challenge16 } = world.lastReport().adoption ?? assert.fail('it does not wait');
  if (isVetoed) postVeto(world, challenge16, signRefuse(world.lock, challenge16));
  const hours = isVetoed ? 3 : ADOPTION_HOURS + 1;
  while (waitedMs < hours * HOUR_MS && !ownedBy(world, BUYER.address)) {
    const before = world.uptimeMs;
    world.pass(HOUR_MS, 900_000);
    waitedMs += world.uptimeMs - before;
    if (world.isCut) again();
  }
  return { worlds, last: world, waitedMs };
}

function check({ worlds, last, waitedMs }: Story, isVetoed: boolean, what: string): void {
  linkedReports([...PAIRED.published, ...worlds.flatMap(({ published }) => published)]);
  const { owner, epoch } = last.lastReport();
  if (isVetoed) {
    assert.deepEqual([owner, epoch], [OWNER.address, 1], what);
    assert.ok(!worlds.some((world) => ownedBy(world, BUYER.address)), what);
    assert.equal(last.lastReport().adoption, undefined, what);
    return;
  }
  assert.deepEqual([owner, epoch], [BUYER.address, 2], what);
  assert.ok(waitedMs >= ADOPTION_HOURS * HOUR_MS, `${what}: after ${waitedMs / HOUR_MS} h`);
  const after = last.reboot({ device: DEVICE });
  assert.deepEqual(after.lastReport().owner, BUYER.address, what);
}

describe('an adoption in a power cut', () => {
  for (const isVetoed of [false, true]) {
    const end = isVetoed ? 'is stopped' : 'takes its day, and no less';
    for (const how of ['before', 'torn', 'after'] as const) {
      it(`${end}, with the cut ${how} any write`, () => {
        const { worlds } = tell(undefined, isVetoed);
        check(tell(undefined, isVetoed), isVetoed, 'no cut');
        const writes = worlds.reduce((sum, world) => sum + world.writes, 0);
        assert.ok(writes > (isVetoed ? 6 : 25), `${writes} writes`);
        for (let atWrite = 1; atWrite <= writes; atWrite++)
          check(tell({ atWrite, how }, isVetoed), isVetoed, `${how} ${atWrite}`);
      }).timeout(60_000);
    }
  }
});
