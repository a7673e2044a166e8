/**
 * What an image can be compared with.
 */
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import type { IImage } from '../pixels/image';

export interface ICompareSource {
  readonly id: string;
  readonly label: string;
  /** What is told of the difference, when it has a meaning of its own. */
  readonly removed?: string;
  /** Seconds that the image takes, where it may be many; null: nobody can tell. */
  price?(signal: AbortSignal): Promise<number | null>;
  image(signal: AbortSignal): Promise<IImage>;
  /** Another image is there now. */
  readonly changed?: ISignal<unknown, unknown>;
}

/** A viewer whose image can be compared with that of another. */
export interface IComparable extends Widget {
  readonly image: IImage | null;
  readonly shown: ISignal<unknown, IImage>;
}

/** All open viewers. */
const open = new Set<IComparable>();

export function register(panel: IComparable): void {
  open.add(panel);
  panel.disposed.connect(() => open.delete(panel));
}

/** The other open viewers that show something. */
export function othersThan(panel: IComparable): ICompareSource[] {
  return [...open]
    .filter(one => one !== panel && one.image !== null)
    .map(one => ({
      id: `viewer ${one.id}`,
      label: titleOf(one),
      changed: one.shown,
      image: () =>
        one.image
          ? Promise.resolve(one.image)
          : Promise.reject(new Error('The other viewer shows no image.'))
    }));
}

/** The title of the tab that a widget is in. */
function titleOf(widget: Widget): string {
  for (let at: Widget | null = widget; at; at = at.parent) {
    if (at.title.label) {
      return at.title.label;
    }
  }
  return widget.id;
}
