import { equalBytes, isZeroBytes } from '../../firmware/protocol/bytes.js';
import type { Checker, Scene } from './checker.js';
import type { PairingTalk } from './pairing-ear.js';

/** Wrong secrets that one press allows. @see PROTOCOL.md section 1.1 */
const WRONG_SECRETS_MAX = 5;

/** The pairing port answers nobody but who proves the secret after a press, and what the lock has pinned is what such a one has said. */
export function pairing(scene: Scene, fail: (found: string) => void): Checker {
  const { ownership } = scene.witness;
  /** Those of the registrations that were asked for, Unix seconds; all others are nobody's wish. */
  const deadlines = new Set<number>();
  let endpoints: ReadonlySet<string> = new Set();
  let settingsCount = 0;
  /** What was asked last would move what pairing has pinned for good. */
  let isMoving = false;

  const isTold = (url: string): boolean => {
    if (ownership.settings.length !== settingsCount) {
      settingsCount = ownership.settings.length;
      endpoints = new Set(ownership.settings.flatMap((settings) => settings.endpoints));
    }
    return endpoints.has(url);
  };

  const greeted = ({ isPressed, wrongSecrets }: PairingTalk) => {
    if (!isPressed) fail('the lock greets a tool, and nobody has pressed the button in time');
    if (wrongSecrets >= WRONG_SECRETS_MAX)
      fail(`the lock greets a tool after ${wrongSecrets} wrong secrets of one press`);
  };

  return {
    says: 'Nobody without the secret and the press learns or changes anything by the pairing port.',
    talk(sight) {
      const { kind, talk } = sight;
      if (kind === 'greeted') greeted(talk);
      if (kind === 'proved' && !talk.isProven) fail('the lock proves itself to a tool that has not');
      if (kind === 'asked' && sight.frame.kind === 'register') deadlines.add(sight.frame.deadlineSeconds);
      if (kind === 'asked')
        isMoving = sight.frame.kind === 'configure' && !ownership.isPinned(sight.frame.settings);
      if (kind !== 'answered') return;
      const { frame } = sight;
      if (!talk.isProven) fail(`the lock answers ${frame.kind} to a tool that has not proved the secret`);
      if (frame.kind !== 'refused' && talk.answers > talk.requests)
        fail(`the lock answers ${frame.kind}, and no true request had asked for it`);
      if (frame.kind === 'configured' && isMoving)
        fail('the lock takes another chain, registry or first block than it was paired with');
      if (frame.kind === 'registration' && !ownership.isConsent(frame.signature65, [...deadlines]))
        fail('the lock signs a registration for somebody who is not its owner');
    },
    report({ report }) {
      const { seq, domainDigest8 } = report;
      if (isZeroBytes(domainDigest8)) return;
      const pinned = ownership.domainDigest8;
      if (pinned === undefined || !equalBytes(pinned, domainDigest8))
        fail(`report ${seq} is of a chain or registry that nobody who may has pinned`);
    },
    output(output) {
      if (output.kind === 'http-post' && !isTold(output.url))
        fail(`the lock asks ${output.url}, of which nobody who may has told it`);
    },
    reset() {
      deadlines.clear();
      settingsCount = 0;
      endpoints = new Set();
    },
  };
}
