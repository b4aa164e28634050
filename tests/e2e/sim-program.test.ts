import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { type Ended, type Line, Program } from './program.js';

class Simulator extends Program {
  override get main(): string {
    return fileURLToPath(new URL('../../host-sim/sim-main.js', import.meta.url));
  }

  static override run(...words: readonly string[]): Promise<Ended> {
    const program = new Simulator(...words);
    program.closeInput();
    return program.ended;
  }
}

function lastLine({ stdout }: Ended): Line {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}') as Line;
}

describe('npm run sim', function () {
  this.timeout(120_000);

  it('ends with one line that says what the worlds came to', async () => {
    const ended = await Simulator.run('--seeds', '1..4', '--hours', '1', '--jobs', '2');
    const done = lastLine(ended);
    assert.deepEqual([ended.code, ended.stderr, ended.stdout.split('\n').length], [0, '', 2]);
    const { event, worlds, lockHours, unauthorisedOpenings, violations } = done;
    assert.deepEqual([event, worlds, lockHours], ['done', 4, 4]);
    assert.deepEqual([unauthorisedOpenings, violations], [0, 0]);
    for (const count of ['commands', 'openings', 'reports', 'polls', 'flashWrites', 'lockHoursPerCpuSecond'])
      assert.ok(Number(done[count]) > 0, count);
    assert.ok(Object.keys(done['faults'] as object).length > 0);
  });

  it('has the same worlds, however many are lived through at a time', async () => {
    const [one, three] = [
      lastLine(await Simulator.run('--seeds', '1..4', '--hours', '1')),
      lastLine(await Simulator.run('--seeds', '1..4', '--hours', '1', '--jobs', '3')),
    ];
    const timeless = ({ lockHoursPerCpuSecond: _, ...rest }: Line) => rest;
    assert.deepEqual(timeless(one), timeless(three));
  });

  it('ends on Ctrl-C with what was lived through so far, and 130', async () => {
    // A signal before the program listens ends it at once: then it was too early.
    let ended: Ended | undefined;
    for (let waitMs = 1_000; ended === undefined || ended.code === null; waitMs *= 2) {
      const program = new Simulator('--seeds', '1..100000', '--hours', '1', '--json');
      setTimeout(() => program.signal('SIGINT'), waitMs);
      ended = await program.ended;
    }
    assert.equal(ended.code, 130, ended.stderr);
    const { event, worlds, lockHours } = lastLine(ended);
    assert.equal(event, 'done');
    assert.ok(Number(worlds) < 100_000);
    assert.equal(lockHours, worlds);
  });

  it('runs a fleet and ends with its figures', async () => {
    const ended = await Simulator.run('--fleet', '2', '--json');
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(ended.stdout.split('\n').length, 2);
    const done = lastLine(ended);
    assert.deepEqual([done['event'], done['locks'], done['hours']], ['done', 2, 1]);
    assert.ok(Number((done['lockDay'] as Line)['requests']) > 2_000);
    assert.ok(Number(done['heapBytesPerLock']) > 0);
  });

  it('ends with 2 and one line on wrong usage', async () => {
    const ended = await Simulator.run('--hours', '1.5');
    assert.deepEqual([ended.code, ended.stdout], [2, '']);
    assert.match(ended.stderr, /^sim: .*'--hours <n>'.* Expected 1 to 8784\..*\n$/);
  });
});
