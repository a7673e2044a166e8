/** Names of files that are not whole yet. */
import { createHash } from 'node:crypto';

/** A name in the same folder that no listing of ours takes for a file. */
export function beside(file: string, mark: string): string {
  const at = file.lastIndexOf('/') + 1;
  // Names end at 255 bytes.
  const name = Buffer.from(file.slice(at)).subarray(0, 200).toString('latin1');
  const safe = name.replace(/[^\w.-]/g, '_');
  return `${file.slice(0, at)}.${safe}.${mark}.part`;
}

/**
 * What is there of a file until all of it is. Another version of the file has
 * another one, and so has a file whose name is written alike.
 *
 * @param modified - seconds since 1970.
 */
export function partFile(file: string, size: number, modified: number): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const about = `${size} ${Math.floor(modified)} ${name}`;
  const mark = createHash('sha256').update(about).digest('hex');
  return beside(file, mark.slice(0, 12));
}

/** Whether a file in a folder is what `download` leaves of a copy that was cut. */
export function isPart(name: string): boolean {
  return /^\..*\.[0-9a-f]{12}\.part$/.test(name);
}
