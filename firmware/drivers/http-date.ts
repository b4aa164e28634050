const MONTHS = Object.freeze([
  ...['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'],
  ...['Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
]);
const LENGTH = 'Sun, 06 Nov 1994 08:49:37 GMT'.length;

/**
 * Parses the Date of an HTTP answer, IMF-fixdate only: the older two forms leave out the century or the zone.
 * Does not check the weekday. @see RFC 9110 section 5.6.7
 * @returns Unix seconds, or undefined where it is anything else
 */
export function parseHttpDate(text: string): number | undefined {
  if (text.length !== LENGTH) return undefined;
  const found =
    /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z][a-z]) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text);
  if (found === null) return undefined;
  const month = MONTHS.indexOf(found[2] ?? '');
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((group) => Number(found[group]));
  if (month < 0 || day === undefined || year === undefined || year < 1970) return undefined;
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  // The 31st of a shorter month would come out as a day of the next.
  return date.getUTCDate() === day && date.getUTCMonth() === month ? date.getTime() / 1000 : undefined;
}
