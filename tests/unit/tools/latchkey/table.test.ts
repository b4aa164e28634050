import assert from 'node:assert/strict';
import { tableLines } from '../../../../tools/latchkey/table.js';

describe('tableLines', () => {
  it('puts what belongs together below each other, whatever it is written in', () => {
    assert.deepEqual(
      tableLines([
        ['anna', '0x01', 'proven'],
        ['鍵の番人', '0x02', ''],
        ['', '0x03', 'not proven'],
      ]),
      ['anna      0x01  proven', '鍵の番人  0x02', '          0x03  not proven'],
    );
  });

  it('has no lines where there are no rows', () => {
    assert.deepEqual(tableLines([]), []);
  });
});
