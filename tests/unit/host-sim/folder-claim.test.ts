import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder, holderOf } from '../../../host-sim/bench/folder-claim.js';

describe('claimFolder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-claim-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const pidFile = () => join(folder, 'pid');

  it('gives a folder to one, and back', () => {
    const release = claimFolder(folder);
    assert.equal(holderOf(folder), process.pid);
    assert.throws(() => claimFolder(folder), /runs in .* already \(process \d+\)/);
    release();
    assert.equal(holderOf(folder), undefined);
    claimFolder(folder)();
    assert.ok(!existsSync(pidFile()));
  });

  it('takes over what a dead process left', () => {
    // No process has this number: it is above the highest that Linux gives.
    writeFileSync(pidFile(), '4194305 1\n');
    claimFolder(folder);
    assert.equal(holderOf(folder), process.pid);
  });

  it('is not deceived by a number that is used again', () => {
    writeFileSync(pidFile(), `${process.pid} 1\n`);
    assert.equal(holderOf(folder), undefined);
    claimFolder(folder);
    assert.notEqual(readFileSync(pidFile(), 'utf8'), `${process.pid} 1\n`);
  });

  it('takes over a file that nobody wrote whole', () => {
    writeFileSync(pidFile(), 'x');
    claimFolder(folder);
    assert.equal(holderOf(folder), process.pid);
  });

  it('leaves a folder alone that somebody else has taken meanwhile', () => {
    const release = claimFolder(folder);
    writeFileSync(pidFile(), '1 \n');
    release();
    assert.equal(readFileSync(pidFile(), 'utf8'), '1 \n');
  });
});
