import { type Sabotage, sabotage } from './sabotage.js';

const POLLER = 'lock/poller.js';

/** Of nodes: what they withhold, how much they may cost. */
export const POLL_SABOTAGES: readonly Sabotage[] = Object.freeze([
  sabotage('cursor-shared', 'What one endpoint has told counts as told by all.', POLLER, [
    'endpoint.advance(ask.range, ask.reached);',
    'for (const each of this.#endpoints) each.advance(ask.range, ask.reached);',
  ]),
  {
    name: 'cursor-over-unanswered',
    says: 'Blocks of which an endpoint told nothing count as read.',
    edits: [
      {
        file: POLLER,
        from: 'const { ask, endpoint } = exchange;\n        if (reason',
        to: "const { ask, endpoint } = exchange;\n        if (ask.kind === 'logs') endpoint.advance(ask.range, endpoint.reached(ask.range));\n        if (reason",
      },
    ],
  },
  sabotage('crowd-passed-over', 'Of more events than a round takes the rest is passed over.', POLLER, [
    'if (tooMany !== undefined)',
    'if (false)',
  ]),
  sabotage(
    'liar-settles',
    'A transaction is skipped from now on once anything was shown under its hash.',
    POLLER,
    ['if (isTrue)', 'if (true)'],
  ),
  {
    name: 'byte-cap-removed',
    says: 'An answer may have any length.',
    edits: [
      { file: 'lock/poll-post.js', from: 'bodyBytesMax: HTTP_BODY_BYTES_MAX,', to: 'bodyBytesMax: 2 ** 31,' },
    ],
  },
  sabotage('backoff-removed', 'A node that fails is asked again at once, for ever.', 'lock/backoff.js', [
    'return Math.min(lastMs, FIRST_MS * 2 ** Math.min(failures - 1, 16));',
    'return 0;',
  ]),
  sabotage('wake-storm', 'The lock wants to be woken all the time.', 'lock/device.js', [
    'return this.#wake.ask([',
    'return this.#wake.ask([(this.stormMs = (this.stormMs ?? 0) + 10),',
  ]),
]);
