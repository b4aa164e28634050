import assert from 'node:assert/strict';
import { Heartbeat } from '../../../firmware/lock/heartbeat.js';
import { settingsWith } from './fixture.js';

const MINUTE_MS = 60_000;

describe('Heartbeat', () => {
  it('is due as the settings say, from the last one on, also where they change meanwhile', () => {
    let settings = settingsWith({ texts: new Map([['heartbeat', '60']]) });
    const heartbeat = new Heartbeat(() => settings);
    assert.equal(heartbeat.dueMs, 60 * MINUTE_MS);
    heartbeat.beat(5 * MINUTE_MS);
    assert.equal(heartbeat.dueMs, 65 * MINUTE_MS);
    settings = settingsWith({ texts: new Map([['heartbeat', '1']]) });
    assert.equal(heartbeat.dueMs, 6 * MINUTE_MS);
  });

  it('is due every quarter of an hour where nothing is said, or nothing that can be read', () => {
    assert.equal(new Heartbeat(() => undefined).dueMs, 15 * MINUTE_MS);
    const odd = settingsWith({ texts: new Map([['heartbeat', 'often']]) });
    assert.equal(new Heartbeat(() => odd).dueMs, 15 * MINUTE_MS);
  });
});
