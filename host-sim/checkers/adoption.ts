import { formatHex } from '../../firmware/protocol/hex.js';
import { ADOPTION_HOURS } from '../../firmware/protocol/limits.js';
import { type AdoptionClaim, ALARM } from '../../firmware/protocol/report.js';
import type { Checker, Scene } from './checker.js';

const HOUR_SECONDS = 3_600;

/** Nobody becomes the owner but by pairing of a lock that has none, by a signed handover that was shown to it, or after a day that nobody refused. */
export function adoption(scene: Scene, fail: (found: string) => void): Checker {
  const { ownership } = scene.witness;
  let hasOwner = false;
  /** A veto that the lock is to obey with its next answer. */
  let isVetoAsked = false;
  /** Adoptions that a report has told the end of. */
  let over = new Set<string>();

  const checkWait = (what: string, challenge16: Uint8Array, owner: string, waitSeconds: number) => {
    const asked = ownership.askedFor(challenge16);
    if (asked === undefined) {
      const why = ownership.stopped.has(formatHex(challenge16))
        ? 'was stopped'
        : 'nobody has asked for as one must';
      fail(`${what} tells of an adoption that ${why}`);
      return;
    }
    if (asked.owner !== owner) fail(`${what} tells of an adoption by another than who has asked`);
    const left = (ADOPTION_HOURS - ownership.hoursOf(asked)) * HOUR_SECONDS;
    if (waitSeconds < left)
      fail(`${what} leaves an adoption ${waitSeconds} s, and at least ${left} s have not counted`);
  };

  /** What was made before a veto may come after it, up to the report of its end. */
  const tellsOf = (what: string, { challenge16, owner, waitSeconds }: AdoptionClaim) => {
    const isStopped = ownership.stopped.has(formatHex(challenge16));
    if (!isStopped) checkWait(what, challenge16, formatHex(owner), waitSeconds);
    else if (over.has(formatHex(challenge16))) fail(`${what} tells of an adoption that was stopped before`);
  };

  return {
    says: 'Nobody becomes the owner but by a signed handover, or by a day of acknowledged reports that no veto met.',
    talk(sight) {
      if (sight.kind === 'asked')
        isVetoAsked =
          sight.frame.kind === 'refuse' && sight.talk.isPressed && ownership.isCertainVeto(sight.frame);
      if (sight.kind !== 'answered') return;
      const { frame } = sight;
      if (isVetoAsked && frame.kind === 'refused' && frame.reason === 'adoption')
        fail('the lock refuses the veto of its owner');
      if (frame.kind !== 'adoption') return;
      const owner = formatHex(frame.owner);
      if (frame.waitSeconds > 0) checkWait('an answer', frame.challenge16, owner, frame.waitSeconds);
      else if (!ownership.mayOwn(owner, frame.epoch))
        fail(`the lock takes ${owner} for its owner of epoch ${frame.epoch}, and nobody has agreed to that`);
    },
    report({ report }) {
      const { seq, cause, owner, epoch, adoption: waiting, alarms } = report;
      if (owner === undefined && hasOwner) fail(`report ${seq} has no owner, and one before had`);
      hasOwner ||= owner !== undefined;
      if (owner !== undefined && !ownership.mayOwn(formatHex(owner), epoch))
        fail(
          `report ${seq} names ${formatHex(owner)} the owner of epoch ${epoch}, who cannot have become it`,
        );
      if (waiting !== undefined) tellsOf(`report ${seq}`, waiting);
      else if (cause === 'adoption') over = new Set(ownership.stopped);
      if ((waiting === undefined) !== ((alarms & ALARM.adoption) === 0))
        fail(`report ${seq} tells of an adoption in one place, and not in the other`);
    },
    reset() {
      hasOwner = false;
      isVetoAsked = false;
    },
    rolledBack() {
      hasOwner = false;
    },
  };
}
