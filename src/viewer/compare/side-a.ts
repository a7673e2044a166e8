/**
 * A: what B is compared with. Its list, its image, and whether that image is
 * the one that was last asked for.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { failureOf, isAbort } from '../../api';
import { failureSentence } from '../../field-names';
import { isCoarse, keep } from '../pixels/image';
import type { IImage } from '../pixels/image';
import { SLOW } from '../price';
import { arePair } from './pair';
import { othersChanged } from './source';
import type { IComparable, ICompareSource } from './source';
import { awayWords } from './status-line';
import type { StatusLine } from './status-line';
import { kindWord } from './subject';
import type { ISide, ISubject } from './subject';

const KEPT = 'kept';

export interface ISideAOptions {
  readonly panel: IComparable;
  readonly trans: TranslationBundle;
  /** What A can be, as it is now. */
  readonly sources: () => readonly ICompareSource[];
  /** The image that A is compared with. */
  readonly b: () => IImage | null;
  /** Where it is said why there is no A. */
  readonly status: StatusLine;
}

export class SideA implements IDisposable {
  constructor(private readonly _options: ISideAOptions) {
    this.node.className = 'jp-tomo-viewer-choice';
    this.node.setAttribute('aria-label', _options.trans.__('Compare with (A)'));
    this.node.addEventListener('change', this._choose);
    othersChanged.connect(this._others);
  }

  /** The list of what A can be. */
  readonly node = document.createElement('select');

  /** A, where it is what was last asked for and nothing newer is on its way. */
  get told(): ISide | null {
    const { standing } = this._source ?? {};
    const current = standing?.isCurrent ?? true;
    return this._isNewest &&
      current &&
      this._seen &&
      !isCoarse(this._seen.image)
      ? this._seen
      : null;
  }

  /** What is seen of A: until the next one is there, the last one of the same source. */
  get seen(): ISide | null {
    return this._seen;
  }

  /** What is said of the difference, when it has a meaning of its own. */
  get removed(): string | undefined {
    return this._source?.removed;
  }

  /** What is said of an A that is gone, until another one is chosen. */
  get lost(): string {
    return this._lost;
  }

  /** A is there, or not any more. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The user has chosen another A. */
  get chosen(): ISignal<this, void> {
    return this._chosen;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    othersChanged.disconnect(this._others);
    this._fetching?.abort();
    this._source?.changed?.disconnect(this._sourceChanged);
    this._follow([]);
    this.node.removeEventListener('change', this._choose);
    this._seen = this._kept = null;
    Signal.clearData(this);
  }

  /** Take the first that can be compared, or say that there is none. */
  begin(): void {
    this.list();
    if (!this._source) {
      this._take(undefined);
    }
  }

  /** List what A can be now; what can have no difference from B says so. */
  list(): void {
    this._list();
    const likely = this._source ? undefined : this._likely;
    if (likely) {
      this._take(likely);
    }
  }

  /** Hold an image as A, whatever becomes of B. */
  keep(image: IImage, of: ISubject): void {
    const name = this._options.trans.__('Kept image');
    this._kept = { image: keep(image), of, name };
    this._lost = '';
    this._list();
    this._take(this._sources.find(({ id }) => id === KEPT));
  }

  /** B is another image now, and what A is may depend on the recipe, too. */
  follow(b: IImage): void {
    this._list();
    const again = this._sources.find(({ id }) => id === this._source?.id);
    if (again?.id === KEPT && this.told) {
      this._for = b;
      this._changed.emit();
    } else {
      // What A was may be gone.
      this._take(again ?? this._likely, b);
    }
  }

  /** Whether A was asked for when B was this image. */
  isFor(b: IImage | null): boolean {
    return this._for === b;
  }

  private _list(): void {
    const kept = this._kept;
    this._follow([
      ...(kept
        ? [
            {
              id: KEPT,
              label: kept.name,
              subject: () => kept.of,
              ready: () => kept.image,
              image: () => Promise.resolve(kept.image)
            }
          ]
        : []),
      ...this._options.sources()
    ]);
    const entries = this._sources.map(source => {
      const why = this._unlike(source);
      const text = why ? `${source.label} (${why})` : source.label;
      const title = why
        ? this._options.trans.__('It has no difference from B now: %1.', why)
        : '';
      return { text, title, id: source.id, disabled: why !== '' };
    });
    // A list that is open is not taken from under the pointer.
    const listed = JSON.stringify(entries);
    if (listed !== this._listed) {
      this._listed = listed;
      this.node.replaceChildren(
        ...entries.map(({ text, title, id, disabled }) => {
          const option = new Option(text, id);
          option.title = title;
          option.disabled = disabled;
          return option;
        })
      );
      this.node.disabled = entries.length === 0;
    }
    this.node.value = this._source?.id ?? '';
  }

  /** Listen to what the images of the list are like. */
  private _follow(sources: readonly ICompareSource[]): void {
    for (const { standing } of this._sources) {
      standing?.changed.disconnect(this._stands);
    }
    this._sources = sources;
    for (const { standing } of sources) {
      standing?.changed.connect(this._stands);
    }
  }

  /** Why an image that is there already can have no difference from B now; empty: it can. */
  private _unlike({ subject, ready, standing }: ICompareSource): string {
    const { panel, trans } = this._options;
    const [a, b] = [ready?.(), this._options.b()];
    if (a && b) {
      const of = subject?.() ?? panel.subject;
      if (of.kind !== panel.subject.kind) {
        return kindWord(of.kind, trans);
      }
      if (!arePair({ image: a, of }, { image: b, of: panel.subject })) {
        return `${a.columns} × ${a.rows}`;
      }
    }
    return !standing || standing.isCurrent
      ? ''
      : standing.work
        ? trans.__('on its way')
        : trans.__('out of date');
  }

  /** The first that can be compared. */
  private get _likely(): ICompareSource | undefined {
    return this._sources.find(source => this._unlike(source) === '');
  }

  /** Another viewer shows an image, or is closed. */
  private readonly _others = (_: object, viewer: IComparable): void => {
    if (viewer !== this._options.panel) {
      this.list();
      this._replaceLost();
    }
  };

  /** Go on with another A where the viewer that has it shows nothing any more. */
  private _replaceLost(): void {
    const source = this._source;
    if (source?.standing && !this._sources.some(({ id }) => id === source.id)) {
      const { trans } = this._options;
      this._lost = trans.__('%1 is closed, or shows nothing.', source.label);
      this._take(this._likely);
    }
  }

  private readonly _choose = (): void => {
    this._lost = '';
    this._take(this._sources[this.node.selectedIndex]);
    this._chosen.emit();
  };

  private _take(source: ICompareSource | undefined, b?: IImage): void {
    this._source?.changed?.disconnect(this._sourceChanged);
    if (source?.id !== this._source?.id) {
      this._seen = null;
    }
    this._source = source ?? null;
    source?.changed?.connect(this._sourceChanged);
    this.node.value = source?.id ?? '';
    void this._fetch(b);
  }

  private readonly _sourceChanged = (): void => {
    void this._fetch();
  };

  /** An image of the list is what is wanted in its viewer, or not any more. */
  private readonly _stands = (sender: unknown): void => {
    this.list();
    this._replaceLost();
    if (this._isNewest && sender === this._source?.standing) {
      this._tell();
    }
  };

  /** @param b the image that A is asked for; left out: what the viewer shows, if that is what is wanted */
  private async _fetch(b?: IImage): Promise<void> {
    const { panel, status, trans } = this._options;
    this._fetching?.abort();
    const fetching = new AbortController();
    const { signal } = fetching;
    this._fetching = fetching;
    this._for = b ?? (panel.standing.isCurrent ? panel.image : null);
    this._isNewest = false;
    const source = this._source;
    if (!source) {
      this._lose([this._lost, this._none()].filter(Boolean).join(' '));
      return;
    }
    status.say(trans.__('Computing A …'));
    this._changed.emit();
    try {
      const seconds = (await source.price?.(signal)) ?? 0;
      if (seconds >= SLOW && !(await this._agreed(seconds, signal))) {
        return;
      }
      const image = await source.image(signal);
      if (!signal.aborted) {
        const of = source.subject?.() ?? panel.subject;
        this._seen = { image: keep(image), of, name: source.label };
        this._isNewest = true;
        this._tell();
      }
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) {
        this._lose(failureSentence(failureOf(error), trans));
      }
    }
  }

  /** A slow image is computed when it is asked for, and can be cancelled. */
  private _agreed(seconds: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) {
      return Promise.resolve(false);
    }
    this._lose('');
    return this._options.status.agree(seconds, signal, () => {
      void this._fetch();
    });
  }

  /** Why there is no A. */
  private _none(): string {
    const { trans } = this._options;
    const why = this._sources.map(source => this._unlike(source));
    return why.length
      ? trans.__(
          'Nothing in the list can be compared with this image now (%1): change something, open another recipe or result, or keep this image.',
          [...new Set(why)].join(', ')
        )
      : trans.__(
          'There is nothing to compare with yet: change something, open another recipe or result, or keep this image.'
        );
  }

  /** There is no A, for a reason. */
  private _lose(why: string): void {
    this._seen = null;
    this._options.status.say(why);
    this._changed.emit();
  }

  /** A came, or what it is has changed. */
  private _tell(): void {
    const { status, trans } = this._options;
    const { standing } = this._source ?? {};
    if (this._seen && !this.told) {
      const work = standing?.work ?? null;
      status.say(awayWords('A', this._seen.image, work, trans));
    }
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _chosen = new Signal<this, void>(this);
  private _sources: readonly ICompareSource[] = [];
  /** What the list shows, as one text. */
  private _listed = '';
  private _source: ICompareSource | null = null;
  private _fetching: AbortController | null = null;
  private _seen: ISide | null = null;
  /** Whether what is seen came for the newest request. */
  private _isNewest = false;
  /** B, as A was asked for. */
  private _for: IImage | null = null;
  private _kept: ISide | null = null;
  private _lost = '';
  private _disposed = false;
}
