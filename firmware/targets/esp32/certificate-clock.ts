import SNTP from 'sntp';
import Time from 'time';

/** Sets the system's clock by SNTP. Anyone on the way can forge it, so certificates alone are checked against it. */
export function setCertificateClock(host: string, done: (isSet: boolean) => void): void {
  let over = false;
  new SNTP({ host }, (message, value) => {
    if (over || message === SNTP.retry) return undefined;
    over = true;
    const isSet = message === SNTP.time && typeof value === 'number';
    if (isSet) Time.set(value);
    done(isSet);
    return undefined;
  });
}
