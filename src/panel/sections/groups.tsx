/**
 * Chips: what each group of files is, and a menu to change it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Description } from '../../api';
import type { IRecipeSession } from '../../tokens';
import { usePanel } from '../context';
import { roleChange } from '../edits';

const ROLES = [
  'projection',
  'flat',
  'flat-after',
  'dark',
  'dark-after',
  '180',
  'ignore'
] as const;

/** Projections first, what is left out last. */
function inOrder(groups: Description['groups']): Description['groups'] {
  const rank = (role: string): number => ROLES.findIndex(each => each === role);
  return [...groups].sort((a, b) => rank(a.role) - rank(b.role));
}

/** A role in words, for `count` images. */
export function roleWord(
  role: string,
  count: number,
  trans: TranslationBundle
): string {
  switch (role) {
    case 'projection':
      return trans._n('%1 projection', '%1 projections', count);
    case 'flat':
      return trans._n('%1 flat', '%1 flats', count);
    case 'flat-after':
      return trans._n('%1 flat after', '%1 flats after', count);
    case 'dark':
      return trans._n('%1 dark', '%1 darks', count);
    case 'dark-after':
      return trans._n('%1 dark after', '%1 darks after', count);
    case '180':
      return trans._n('%1 image at 180°', '%1 images at 180°', count);
    case 'ignore':
      return trans.__('%1 ignored', count);
    default:
      return `${count} ${role}`;
  }
}

/** Whether a text like "20 flats" tells the name of the group, too; of one image or of several. */
function saysName(text: string, name: string): boolean {
  const bare = (word: string): string => word.toLowerCase().replace(/s$/, '');
  return text.split(' ').map(bare).includes(bare(name));
}

function roleName(role: string, trans: TranslationBundle): string {
  switch (role) {
    case 'projection':
      return trans.__('projections');
    case 'flat':
      return trans.__('flats (before)');
    case 'flat-after':
      return trans.__('flats after');
    case 'dark':
      return trans.__('darks (before)');
    case 'dark-after':
      return trans.__('darks after');
    case '180':
      return trans.__('image at 180°');
    default:
      return trans.__('ignore');
  }
}

export function Groups({
  session,
  description
}: {
  session: IRecipeSession;
  description: Description;
}): JSX.Element {
  const { trans } = usePanel();
  return (
    <div
      className="jp-TomoChips"
      role="group"
      aria-label={trans.__('Groups of files')}
    >
      {inOrder(description.groups).map(group => {
        const text = roleWord(group.role, group.count, trans);
        const facts = `${group.name}: ${text}, ${group.rows} × ${group.columns}${group.note ? `. ${group.note}` : ''}`;
        return (
          <span
            key={group.name}
            className={`jp-TomoChip${group.role === 'ignore' ? ' jp-mod-ignored' : ''}`}
            data-role={group.role}
            title={facts}
          >
            <span className="jp-TomoChip-text">{text}</span>
            {saysName(text, group.name) ? null : (
              <span className="jp-TomoChip-name">{group.name}</span>
            )}
            <span aria-hidden="true">▾</span>
            <select
              aria-label={trans.__('Role of %1', group.name)}
              title={facts}
              value={group.role}
              onChange={event =>
                session.edit(
                  roleChange(group.name, event.target.value, group.proposed)
                )
              }
            >
              {ROLES.map(role => (
                <option key={role} value={role}>
                  {roleName(role, trans) +
                    (role === group.proposed
                      ? ` ${trans.__('(proposed)')}`
                      : '')}
                </option>
              ))}
            </select>
          </span>
        );
      })}
    </div>
  );
}
