// https://www.w3.org/TR/NOTE-datetime: what is left out is the first of its kind.
const W3C = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?)?)?$/;

/**
 * Reads a moment: one of W3C's forms of ISO 8601, or seconds since 1970.
 *
 * @returns milliseconds since 1970.
 */
export function parseMoment(text: string): number | undefined {
  if (/^\d{5,12}$/.test(text)) return Number(text) * 1000;
  const [
    whole,
    year,
    month = "01",
    day = "01",
    hours = "00",
    minutes = "00",
    seconds = "00",
    fraction = "",
    zone = "Z",
  ] = W3C.exec(text) ?? [];
  if (whole === undefined) return undefined;
  // Date rolls 31 February over; a day that exists spells itself the same again.
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(`${year}-${month}-${day}`)) return undefined;
  const moment = new Date(
    `${year}-${month}-${day}T${hours}:${minutes}:${seconds}${fraction.slice(0, 4)}${zone}`,
  ).getTime();
  return Number.isNaN(moment) ? undefined : moment;
}
