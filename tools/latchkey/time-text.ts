/** 14:05:09, as a clock on the wall of that zone shows it. */
export function timeOfDay(unixSeconds: number, timeZone: string): string {
  return format(unixSeconds, timeZone, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** 14:05 today, with its date on any other day: 2026-05-01 14:05. */
export function moment(unixSeconds: number, timeZone: string, nowUnixMs: number): string {
  const day = dateOf(unixSeconds, timeZone);
  const time = format(unixSeconds, timeZone, { hour: '2-digit', minute: '2-digit' });
  return day === dateOf(Math.floor(nowUnixMs / 1_000), timeZone) ? time : `${day} ${time}`;
}

/** 2026-05-01 14:05:09 */
export function dateTime(unixSeconds: number, timeZone: string): string {
  return `${dateOf(unixSeconds, timeZone)} ${timeOfDay(unixSeconds, timeZone)}`;
}

/** 40 s, 5 min, 3 h or 2 d. */
export function durationWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

function dateOf(unixSeconds: number, timeZone: string): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(unixSeconds * 1_000);
}

function format(unixSeconds: number, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', ...options }).format(
    unixSeconds * 1_000,
  );
}
