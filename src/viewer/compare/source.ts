/**
 * What an image can be compared with.
 */
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import type { IImage } from '../pixels/image';
import type { Standing } from '../standing';
import type { ISubject } from './subject';

export interface ICompareSource {
  readonly id: string;
  readonly label: string;
  /** What is told of the difference, when it has a meaning of its own. */
  readonly removed?: string;
  /** Seconds that the image takes, where it may be many; null: nobody can tell. */
  price?(signal: AbortSignal): Promise<number | null>;
  /** What it is of; left out: of what B is. */
  readonly subject?: () => ISubject;
  /** What is there already; left out: it is made when it is chosen. */
  readonly ready?: () => IImage | null;
  image(signal: AbortSignal): Promise<IImage>;
  /** Whether what is there is what is wanted of it; left out: it always is. */
  readonly standing?: Pick<Standing, 'isCurrent' | 'work' | 'changed'>;
  /** Another image is there now. */
  readonly changed?: ISignal<unknown, unknown>;
}

/** A viewer whose image can be compared with that of another. */
export interface IComparable extends Widget {
  readonly image: IImage | null;
  /** What the image is of. */
  readonly subject: ISubject;
  readonly shown: ISignal<unknown, IImage>;
  readonly standing: Pick<
    Standing,
    'isCurrent' | 'message' | 'work' | 'changed'
  >;
}

/** All open viewers. */
const open = new Set<IComparable>();

const changed = new Signal<object, IComparable>(open);

/** A viewer that others can be compared with shows an image, or is closed. */
export const othersChanged: ISignal<object, IComparable> = changed;

export function register(panel: IComparable): void {
  open.add(panel);
  panel.shown.connect(() => changed.emit(panel));
  panel.disposed.connect(() => {
    open.delete(panel);
    changed.emit(panel);
  });
}

/** The other open viewers that show something, though it may be out of date. */
export function othersThan(panel: IComparable): ICompareSource[] {
  const others = [...open].filter(one => one !== panel && one.image !== null);
  const labels = labelsOf(others.map(titleOf));
  return others.map((one, index) => ({
    id: `viewer ${one.id}`,
    label: labels[index],
    changed: one.shown,
    standing: one.standing,
    subject: () => one.subject,
    ready: () => one.image,
    image: () =>
      one.image
        ? Promise.resolve(one.image)
        : Promise.reject(new Error('The other viewer shows no image.'))
  }));
}

/** Names of tabs; those that are called alike with where they come from, or a number. */
export function labelsOf(titles: readonly ITitle[]): string[] {
  const told = apart(
    titles.map(({ label }) => label),
    index => {
      const [folder = ''] = titles[index].caption
        .split('/')
        .filter(Boolean)
        .slice(-1);
      return folder && ` · ${folder}`;
    }
  );
  return apart(told, (index, before) => (before ? ` (${before + 1})` : ''));
}

/** Texts, each of those that others are equal to with something behind it. */
function apart(
  texts: readonly string[],
  behind: (index: number, before: number) => string
): string[] {
  return texts.map((text, index) => {
    const same = texts.flatMap((other, at) => (other === text ? [at] : []));
    return same.length > 1 ? text + behind(index, same.indexOf(index)) : text;
  });
}

interface ITitle {
  readonly label: string;
  readonly caption: string;
}

/** What the tab of a viewer is called. */
export function nameOf(panel: Widget): string {
  return titleOf(panel).label;
}

/** The title of the tab that a widget is in. */
function titleOf(widget: Widget): ITitle {
  for (let at: Widget | null = widget; at; at = at.parent) {
    if (at.title.label) {
      return at.title;
    }
  }
  return { label: widget.id, caption: '' };
}
