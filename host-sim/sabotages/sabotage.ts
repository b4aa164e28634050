/** A place in one compiled module of the firmware, and what a slip of the pen makes of it. */
export interface Edit {
  /** Below `firmware/`, as compiled. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

/** A firmware with one defence taken out: some checker must find it. */
export interface Sabotage {
  /** In kebab-case. */
  readonly name: string;
  /** What the lock does wrong now, in plain words. */
  readonly says: string;
  readonly edits: readonly Edit[];
  /** The lock may be found out by a crash; elsewhere a crash counts for nothing. */
  readonly mayCrash?: true;
}

/**
 * The second look at a command shuts its eyes: besides every sabotage, or its disagreement would find out the most of
 * them before any checker had to.
 */
export const NO_SECOND_LOOK: readonly Edit[] = Object.freeze([
  { file: 'lock/round.js', from: 'if (!isWarranted(warrant))', to: 'if (false)' },
  { file: 'lock/warrant.js', from: 'if (word !== OPENS)\n        return [];', to: '' },
  { file: 'lock/warrant.js', from: 'if ((inverse & OPENS) !== 0)', to: 'if (false)' },
  { file: 'lock/warrant.js', from: 'if ((inverse | OPENS) === -1)', to: 'if (true)' },
]);

/** A sabotage of one place. @param change - what stands there, and what takes its place */
export function sabotage(
  name: string,
  says: string,
  file: string,
  [from, to]: readonly [from: string, to: string],
): Sabotage {
  return { name, says, edits: [{ file, from, to }] };
}

/** An edit does not fit the module that it speaks of: the sabotage is stale, and would prove nothing. */
export class StaleSabotage extends Error {
  override readonly name = 'StaleSabotage';
}

/** Makes the edits of one module. @throws StaleSabotage where a text is not there exactly once */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let edited = text;
  for (const { file, from, to } of edits) {
    const count = edited.split(from).length - 1;
    if (count !== 1)
      throw new StaleSabotage(`${file}: expected once, found ${count} times: ${JSON.stringify(from)}`);
    edited = edited.replace(from, () => to);
  }
  return edited;
}
