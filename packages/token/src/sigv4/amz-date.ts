/** The latest moment that `yyyymmddThhmmssZ` can tell. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const FORM = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

let latestSecond = Number.NaN;
let latestText = "";

/**
 * A moment as `X-Amz-Date` writes it, `yyyymmddThhmmssZ`; fractions of a second are dropped.
 *
 * @param now - milliseconds since 1970.
 * @throws RangeError when the year does not have four digits.
 */
export function amzDateOf(now: number): string {
  const second = Math.floor(now / 1000);
  // Tokens are minted many a second; nothing else here costs as much as spelling the same date again.
  if (second === latestSecond) return latestText;
  if (!(now >= 0 && now <= LAST)) {
    throw new RangeError(`sign at ${now}: give milliseconds since 1970, up to the year 9999`);
  }
  const iso = new Date(now).toISOString();
  latestText = `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
  latestSecond = second;
  return latestText;
}

/**
 * The moment that an `X-Amz-Date` tells.
 *
 * @returns milliseconds since 1970, or `undefined` when it is not written exactly so or names a day or time that does not exist.
 */
export function parseAmzDate(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = FORM.exec(text) ?? [];
  const moment = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Date.parse takes 31 February and 24:00 and rolls them over; a real moment spells itself the same again.
  return moment >= 0 && amzDateOf(moment) === text ? moment : undefined;
}
