/** Room on a file system of the cluster: what is free, or what the quota leaves. */
import { quote } from '../quote';
import type { Scripts } from './scripts';

/**
 * @param attempt - write a little, too: not every quota is told by a command.
 * @returns bytes; null when the host does not say.
 */
export async function freeBytes(
  scripts: Scripts,
  path: string,
  attempt = false
): Promise<number | null> {
  const script = spaceScript(path) + (attempt ? ATTEMPT : '');
  const { stdout } = await scripts.run(script);
  return parseSpace(stdout);
}

/** A megabyte, of which nothing is left; by the words of the C locale. */
const ATTEMPT = `
printf 'attempt\\n'; piece="$folder/.room-$$"
if said=$({ head -c 1048576 /dev/zero > "$piece" && sync "$piece"; } 2>&1); then :; else
  case $said in *'uota exceeded'*|*'o space left'*) echo none;; esac
fi
rm -f "$piece"`;

/** The nearest folder that is there counts. */
export function spaceScript(path: string): string {
  return `folder=${quote(path)}
while [ -n "$folder" ] && [ ! -d "$folder" ]; do folder=\${folder%/*}; done
folder=\${folder:-/}
printf 'df\\n'; df -Pk -- "$folder" 2>/dev/null | tail -n 1
printf 'quota\\n'; command -v quota >/dev/null 2>&1 && quota -wp 2>/dev/null
printf 'lustre\\n'; command -v lfs >/dev/null 2>&1 && lfs quota -q -u "$(id -un)" "$folder" 2>/dev/null
:`;
}

/** @param text - what `spaceScript` printed, sizes in KiB. */
export function parseSpace(text: string): number | null {
  let section = '';
  let device = '';
  let free: number | null = null;
  const atMost = (kilobytes: number): void => {
    const bytes = Math.max(0, kilobytes) * 1024;
    free = free === null ? bytes : Math.min(free, bytes);
  };
  for (const line of text.split('\n')) {
    if (['df', 'quota', 'lustre', 'attempt'].includes(line)) {
      section = line;
      continue;
    }
    if (section === 'attempt') {
      if (line === 'none') {
        atMost(0);
      }
      continue;
    }
    const words = line.trim().split(/\s+/);
    const [name = ''] = words;
    if (section === 'df') {
      const available = Number(words[3]);
      if (words.length >= 6 && Number.isFinite(available)) {
        device = name;
        atMost(available);
      }
      continue;
    }
    // Used, soft limit, hard limit; a star marks a quota that is exceeded.
    const [used, soft, hard] = words
      .slice(1, 4)
      .map(word => parseInt(word, 10));
    const limit = hard || soft;
    const theirs = section === 'lustre' || name === device;
    if (theirs && limit && used !== undefined && !Number.isNaN(used)) {
      atMost(limit - used);
    }
  }
  return free;
}
