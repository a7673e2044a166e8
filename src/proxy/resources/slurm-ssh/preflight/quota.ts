/** How much a user may write, where the host has a command that tells it. */
import { quote } from '../quote';
import { SAY, type Report, type Said } from './report';

/** Commands that tell quotas: Panasas has one of its own, Lustre, and the system. */
const COMMANDS = ['pan_quota', 'lfs', 'quota'] as const;

/** @param folders - absolute; Lustre tells of the file system that one is on. */
export function quotaScript(folders: readonly string[]): string {
  return [
    SAY,
    // A command that ends with an error has found one that is used up, or has nothing to tell.
    'ask() { said=$(timeout 10 "$@" 2>/dev/null); code=$?; if [ -n "$said" ]; then say "quota" "$code $said"; fi; }',
    `for name in ${COMMANDS.join(' ')}; do`,
    '  if command -v "$name" >/dev/null 2>&1; then say command "$name"; fi',
    'done',
    'command -v pan_quota >/dev/null 2>&1 && ask pan_quota',
    ...[...new Set(folders)].map(
      folder =>
        `command -v lfs >/dev/null 2>&1 && ask lfs quota -h -u "$(id -un)" ${quote(folder)}`
    ),
    'command -v quota >/dev/null 2>&1 && ask quota -s',
    ':'
  ].join('\n');
}

export function judgeQuota(report: Report, said: Said): void {
  const title = 'Quota';
  const commands = said.all('command');
  const told = said.all('quota').flatMap(line => {
    const [, code = '', text = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
    const short = text.replace(/\s+/g, ' ').trim();
    return short ? [{ over: isOver(code, short), short }] : [];
  });
  const over = told.filter(each => each.over);
  if (commands.length === 0) {
    report.skip(
      'quota',
      title,
      'It could not be known: the host has no pan_quota, no lfs quota, no quota.',
      'Ask those who run the cluster how much you may write; Free space says what is left on the disk.'
    );
  } else if (over.length > 0) {
    report.warn(
      'quota',
      title,
      `It is used up: ${over.map(each => each.short).join('; ')}`,
      'Make room: at some sites no job starts when the home folder is full.'
    );
  } else if (told.length === 0) {
    report.ok('quota', title, `None is set, says ${commands.join(', ')}.`);
  } else {
    report.ok('quota', title, told.map(each => each.short).join('; '));
  }
}

/** An asterisk stands beside what is over; \`quota\` ends with an error then, too. */
function isOver(code: string, text: string): boolean {
  return code !== '0' || /\d[KMGTkmgt]?i?B?\*/.test(text);
}
