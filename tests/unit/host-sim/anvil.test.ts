import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { createPublicClient, http } from 'viem';
import { startAnvil } from '../../../host-sim/world/anvil.js';
import { Failure } from '../../../tools/latchkey/owner/failure.js';

describe('startAnvil', () => {
  it('gives a funded chain on a free port, and ends it', async () => {
    const anvil = await startAnvil({ chainId: 4_690, accounts: 2 });
    const reader = createPublicClient({ transport: http(anvil.rpcUrl, { retryCount: 0 }) });
    try {
      assert.equal(await reader.getChainId(), 4_690);
      assert.equal(anvil.accounts.length, 2);
      for (const { address } of anvil.accounts) assert.ok((await reader.getBalance({ address })) > 0n);
    } finally {
      await anvil.stop();
    }
    await assert.rejects(reader.getChainId());
    await anvil.stop();
  });

  it('says what to do where the port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await assert.rejects(
      startAnvil({ port }),
      (error) => error instanceof Failure && /--port/.test(error.message),
    );
    server.close();
  });
});
