import assert from 'node:assert/strict';
import { barLine, ProgressBar, spanWords } from '../../../host-sim/view/progress-bar.js';

describe('barLine', () => {
  it('is empty, half full and full, and says how long the rest will take', () => {
    assert.equal(barLine(0, 'nothing', 3), `[${'.'.repeat(24)}] nothing`);
    assert.equal(barLine(0.5, 'half', 90), `[${'#'.repeat(12)}${'.'.repeat(12)}] half, 1 min 30 s left`);
    assert.equal(barLine(1, 'all', 90), `[${'#'.repeat(24)}] all, 0 s left`);
  });
});

describe('spanWords', () => {
  it('says seconds, minutes and hours', () => {
    assert.deepEqual([59.4, 60, 3_599, 7_800].map(spanWords), [
      '59 s',
      '1 min 0 s',
      '59 min 59 s',
      '2 h 10 min',
    ]);
  });
});

describe('ProgressBar', () => {
  let nowMs = 0;
  const barOn = (isTTY: boolean, isQuiet = false, columns = 80) => {
    nowMs = 0;
    let text = '';
    const stream = {
      isTTY,
      columns,
      write: (part: string) => {
        text += part;
      },
    };
    return { bar: new ProgressBar(stream, isQuiet, () => nowMs), text: () => text };
  };

  it('draws on a terminal, over what it drew before, and leaves nothing behind', () => {
    const { bar, text } = barOn(true);
    nowMs = 1_000;
    bar.show(0.5, 'one');
    bar.clear();
    assert.equal(text(), `\r\x1b[K${barLine(0.5, 'one', 1)}\r\x1b[K`);
    bar.clear();
    assert.equal(text().length, `\r\x1b[K${barLine(0.5, 'one', 1)}\r\x1b[K`.length);
  });

  it('draws no more than ten times a second, and never wider than the terminal', () => {
    const { bar, text } = barOn(true, false, 30);
    bar.show(0.1, 'one');
    nowMs = 99;
    bar.show(0.2, 'two');
    nowMs = 100;
    bar.show(0.3, 'three');
    assert.equal(text().split('\r\x1b[K').length - 1, 2);
    assert.ok(
      text()
        .split('\r\x1b[K')
        .every((line) => line.length <= 29),
    );
  });

  it('draws nothing on a pipe, and nothing where it is told to be quiet', () => {
    for (const { bar, text } of [barOn(false), barOn(true, true)]) {
      bar.show(0.5, 'one');
      bar.clear();
      assert.equal(text(), '');
    }
  });
});
