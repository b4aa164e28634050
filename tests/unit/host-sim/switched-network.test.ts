import assert from 'node:assert/strict';
import type {
  HttpClient,
  HttpClientOptions,
  HttpNetwork,
  HttpRequest,
  HttpRequestOptions,
} from '../../../firmware/drivers/io.js';
import { SwitchedNetwork } from '../../../host-sim/io/switched-network.js';

const REQUEST: HttpRequest = { read: () => undefined, write: () => 0 };

/** A network whose requests are answered by hand. */
function createNetwork() {
  const requests: HttpRequestOptions[] = [];
  let closed = 0;
  const io: HttpNetwork['io'] = class implements HttpClient {
    request(options: HttpRequestOptions): HttpRequest {
      requests.push(options);
      return REQUEST;
    }
    close(): void {
      closed++;
    }
  };
  const network = new SwitchedNetwork({ http: { io }, https: { io } });
  return { network, requests, closed: () => closed };
}

function post(network: HttpNetwork, onError?: HttpClientOptions['onError']) {
  const ends: (string | null)[] = [];
  const client = new network.io({ host: 'node', port: 1, ...(onError && { onError }) });
  const ended = new Promise<void>((resolve) => {
    client.request({
      method: 'POST',
      path: '/',
      headers: new Map(),
      onDone(error) {
        ends.push(error?.message ?? null);
        resolve();
      },
    });
  });
  return { client, ends, ended };
}

describe('SwitchedNetwork', () => {
  it('passes requests on while it is on', () => {
    const { network, requests } = createNetwork();
    const { ends } = post(network.http);
    requests[0]?.onDone?.call(REQUEST, null);
    assert.deepEqual(ends, [null]);
  });

  it('breaks what is under way, once', () => {
    const { network, requests, closed } = createNetwork();
    let errors = 0;
    const { ends } = post(network.https, () => errors++);
    network.set(false);
    network.set(false);
    assert.deepEqual([ends, errors, closed()], [['no network'], 1, 1]);
    assert.equal(requests.length, 1);
  });

  it('says nothing of a client that was closed', () => {
    const { network } = createNetwork();
    const { client, ends } = post(network.http);
    client.close();
    network.set(false);
    assert.deepEqual(ends, []);
  });

  it('refuses what is new while it is off, and not at once', async () => {
    const { network, requests } = createNetwork();
    network.set(false);
    const { ends, ended } = post(network.http);
    assert.deepEqual(ends, []);
    await ended;
    assert.deepEqual([ends, requests.length], [['no network'], 0]);
    network.set(true);
    post(network.http);
    assert.equal(requests.length, 1);
  });
});
