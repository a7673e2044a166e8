/**
 * Sizes, times and counts as people read them. `trans` is not needed for
 * numbers with units of the SI; words are the caller's.
 */

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** 356_515_840 -> "340 MiB", 1_503_238_553 -> "1.4 GiB". */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let power = 0;
  while (value >= 999.5 && power < SIZES.length - 1) {
    value /= 1024;
    power += 1;
  }
  const digits = power === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${SIZES[power]}`;
}

/** 0.34 -> "0.3 s", 12.2 -> "12 s", 75 -> "1 min 15 s", 4000 -> "1 h 7 min". */
export function formatSeconds(seconds: number): string {
  const value = Math.max(0, seconds);
  if (value < 9.95) {
    return `${value.toFixed(value < 0.995 ? 1 : value === Math.round(value) ? 0 : 1)} s`;
  }
  const whole = Math.round(value);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    const rest = whole % 60;
    return `${Math.floor(whole / 60)} min${rest ? ` ${rest} s` : ''}`;
  }
  const minutes = Math.round(whole / 60);
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest ? ` ${rest} min` : ''}`;
}

/** A number without trailing zeros: 399.45000001 -> "399.45". */
export function formatNumber(value: number, digits = 3): string {
  return String(Number(value.toFixed(digits)));
}

/** An ISO time as the clock here shows it: "14:05" today, else "23 Nov 14:05"; the year when it is another. */
export function formatTime(iso: string, now = new Date()): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) {
    return iso;
  }
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (time.toDateString() === now.toDateString()) {
    return clock;
  }
  const month = time.toLocaleString('en', { month: 'short' });
  const year =
    time.getFullYear() === now.getFullYear() ? '' : ` ${time.getFullYear()}`;
  return `${time.getDate()} ${month}${year} ${clock}`;
}
