/** Which place on the page a moment has. */
export interface TimeScale {
  readonly left: number;
  readonly right: number;
  readonly endMs: number;
  x(ms: number): number;
}

const MINUTE_MS = 60_000;
/** From five minutes to a week. */
const STEPS_MINUTES: readonly number[] = Object.freeze([
  5, 10, 15, 30, 60, 120, 240, 360, 720, 1_440, 10_080,
]);
const TICKS_MAX = 16;

export function timeScale(left: number, right: number, hours: number): TimeScale {
  const endMs = hours * 60 * MINUTE_MS;
  return { left, right, endMs, x: (ms) => left + ((right - left) * Math.min(ms, endMs)) / endMs };
}

/** Moments that the axis names, both ends included where they fall on a step. */
export function ticksMs({ endMs }: TimeScale): readonly number[] {
  const step = STEPS_MINUTES.find((minutes) => endMs / (minutes * MINUTE_MS) <= TICKS_MAX) ?? 10_080;
  const stepMs = step * MINUTE_MS;
  return Array.from({ length: Math.floor(endMs / stepMs) + 1 }, (_, i) => i * stepMs);
}

/** Hours and minutes. */
export function clockOf(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Hours, minutes and seconds. */
export function preciseClockOf(ms: number): string {
  return `${clockOf(ms)}:${String(Math.floor(ms / 1_000) % 60).padStart(2, '0')}`;
}
