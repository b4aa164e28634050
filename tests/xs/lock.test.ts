import assert from 'node:assert/strict';
import { DEVICE_DATA_BYTES, runLock } from '../../tools/xs/lock-run.js';
import { describeOnXs } from './xs-runner.js';

/** What the lock holds on to once its modules are loaded; on a device the modules are in flash. */
const DATA_LIVE_BYTES_MAX = 48 * 1_024;

describeOnXs('a lock on XS, stripped and with the memory of a device', (runner) => {
  it('toggles, refuses every lie, outlives a power cut and signs, byte for byte as on Node', async () => {
    const run = await runLock({
      runner: runner(),
      engine: 'native',
      stripped: true,
      dataBytesMax: DEVICE_DATA_BYTES,
    });
    assert.equal(run.problem, undefined);
    assert.equal(run.toggles, 4);
    assert.equal(run.toggled, 4);
    assert.ok(run.lies > 10 && run.refused === run.lies, `${run.refused} of ${run.lies} lies`);
    assert.equal(run.boots, 2);
    assert.ok(run.reportsVerified >= run.toggles + run.boots, `${run.reportsVerified} reports`);
    assert.ok(run.identical && run.outputs > 100, `${run.outputs} outputs`);
    assert.ok(run.dataLiveBytes < DATA_LIVE_BYTES_MAX, `${run.dataLiveBytes} bytes of data`);
  });
});
