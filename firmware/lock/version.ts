/** Numbers of a version that are compared. */
const PARTS_MAX = 4;

/**
 * Whether a version is older than another, both dotted numbers such as 1.10.2; a missing number is 0.
 * @returns false also where either has another form: nothing is said of what cannot be compared
 */
export function isOlderVersion(version: string, than: string): boolean {
  const left = partsOf(version);
  const right = partsOf(than);
  if (left === undefined || right === undefined) return false;
  for (let i = 0; i < PARTS_MAX; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The newer of what was remembered and what runs; what cannot be compared does not displace what can. */
export function newestVersion(remembered: string, running: string): string {
  if (partsOf(running) === undefined) return remembered;
  return partsOf(remembered) === undefined || isOlderVersion(remembered, running) ? running : remembered;
}

function partsOf(version: string): readonly number[] | undefined {
  if (!/^[0-9]{1,9}(?:\.[0-9]{1,9}){0,3}$/.test(version)) return undefined;
  return version.split('.').map(Number);
}
