import assert from 'node:assert/strict';
import { isPassageNow } from '../../../firmware/lock/passage.js';
import { MODE } from '../../../firmware/protocol/mode.js';

/** Thursday, 5 November 2026, 16:59:59 UTC: 17:59:59 in Berlin. */
const THURSDAY = 1_793_897_999;

function texts(hours?: string, zone?: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  if (hours !== undefined) map.set('passage-hours', hours);
  if (zone !== undefined) map.set('time-zone', zone);
  return map;
}

describe('isPassageNow', () => {
  const now = (map: ReadonlyMap<string, string> | undefined, nowSeconds: number | undefined = THURSDAY) =>
    isPassageNow({ modes: MODE.passage, texts: map, nowSeconds });

  it('holds within its hours, by the lock’s own clock on the wall', () => {
    assert.equal(now(texts('mon-fri 08:00-17:00')), true);
    assert.equal(now(texts('mon-fri 08:00-17:00'), THURSDAY + 1), false);
    assert.equal(now(texts('mon-fri 08:00-18:00', 'CET-1CEST,M3.5.0,M10.5.0/3')), true);
    assert.equal(now(texts('mon-fri 08:00-18:00', 'CET-1CEST,M3.5.0,M10.5.0/3'), THURSDAY + 1), false);
    assert.equal(now(texts('sat 08:00-17:00')), false);
  });

  it('holds all day where no hours are set', () => {
    assert.equal(now(texts()), true);
    assert.equal(now(undefined), true);
  });

  it('does not hold while it is off', () => {
    const others = MODE.privacy | MODE.vacation;
    assert.equal(isPassageNow({ modes: others, texts: texts(), nowSeconds: THURSDAY }), false);
  });

  it('does not hold without authenticated time, nor where its hours cannot be read', () => {
    assert.equal(isPassageNow({ modes: MODE.passage, texts: texts(), nowSeconds: undefined }), false);
    assert.equal(now(texts('when I like')), false);
    assert.equal(now(texts('mon-fri 08:00-17:00', 'somewhere')), false);
  });
});
