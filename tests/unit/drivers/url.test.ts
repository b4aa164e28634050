import assert from 'node:assert/strict';
import { parseHttpUrl } from '../../../firmware/drivers/url.js';
import { IoError } from '../../../firmware/protocol/errors.js';

describe('parseHttpUrl', () => {
  it('reads what an endpoint may look like', () => {
    const cases: [string, ReturnType<typeof parseHttpUrl>][] = [
      ['http://127.0.0.1:8545', { scheme: 'http', host: '127.0.0.1', port: 8545, path: '/' }],
      [
        'https://babel-api.mainnet.iotex.io',
        { scheme: 'https', host: 'babel-api.mainnet.iotex.io', port: 443, path: '/' },
      ],
      [
        'HTTP://a.example/v1/key?x=1#top',
        { scheme: 'http', host: 'a.example', port: 80, path: '/v1/key?x=1' },
      ],
      ['https://a.example?x=1', { scheme: 'https', host: 'a.example', port: 443, path: '/?x=1' }],
      ['http://[::1]:9/', { scheme: 'http', host: '[::1]', port: 9, path: '/' }],
    ];
    for (const [text, expected] of cases) assert.deepEqual(parseHttpUrl(text), expected);
  });

  it('refuses everything else', () => {
    const cases = [
      '',
      'http://',
      'ftp://a',
      'a.example',
      'http://user:word@a/',
      'http://a:0',
      'http://a:65536',
      'http://a b/',
      'http://a/ b\r\nx: y',
    ];
    for (const text of cases) assert.throws(() => parseHttpUrl(text), IoError, text);
  });
});
