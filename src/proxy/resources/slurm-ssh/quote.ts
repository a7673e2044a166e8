/** The one place where strings are quoted for a shell. */

/**
 * A string as one word of a POSIX shell, whatever is in it but NUL.
 *
 * @throws RangeError for a string with a NUL, which no shell can pass on.
 */
export function quote(text: string): string {
  if (text.includes('\0')) {
    throw new RangeError('A word of a shell cannot contain NUL.');
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
