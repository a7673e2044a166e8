/**
 * The images of a recipe that the agent makes: the newest that is asked for,
 * a slow one when the user agrees to it, and a coarse one before a row.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { failureOf } from '../../api';
import type { Failure } from '../../api';
import type { ITomoApi } from '../../tokens';
import { images, links, Newest } from '../frames';
import type { IMessage } from '../message';
import type { IImage } from '../pixels/image';
import { SlowSlices } from './slow-slice';
import type { Verdict } from './slow-slice';
import { wantedGlance } from './wanted';
import type { IPlace, IWantedImage } from './wanted';

export interface IAgentImagesOptions {
  readonly api: ITomoApi;
  readonly trans: TranslationBundle;
  /** The kernel that runs go to, where previews find their tools, too. */
  readonly kernel: () => string | undefined;
  /** Names the requests of this viewer, so that no other one aborts them. */
  readonly purpose: string;
  readonly ready: (image: IImage, wanted: IWantedImage) => void;
  /** A coarse one, before the whole. */
  readonly look: (image: IImage, wanted: IWantedImage) => void;
  readonly failed: (failure: Failure) => void;
  /** What is to be said in the image's place; null: nothing. */
  readonly say: (message: IMessage | null) => void;
  readonly busy: (busy: boolean) => void;
  /** What may be asked for is another now, or who is to make it. */
  readonly changed: () => void;
}

export class AgentImages implements IDisposable {
  constructor(private readonly _options: IAgentImagesOptions) {
    const { api, trans, kernel, purpose, look, busy, changed } = _options;
    this._slow = new SlowSlices({
      api,
      purpose: `slow ${purpose}`,
      kernel,
      trans,
      changed
    });
    this._requests = new Newest<IImage, IWantedImage>({
      cached: key => images.get(key),
      ready: (image, wanted) => {
        if (wanted.glance) {
          this._glanced = wanted.key;
          changed();
        } else {
          _options.ready(image, wanted);
        }
      },
      look,
      failed: error => _options.failed(failureOf(error)),
      busy: isBusy => {
        if (!isBusy) {
          this._slow.rest();
        }
        busy(isBusy);
      }
    });
  }

  /** Ask for an image, or say why it is not begun. */
  ask(wanted: IWantedImage): void {
    const { say, changed } = this._options;
    const patience = this._patience(wanted);
    if (patience !== 'go') {
      this.drop();
      say(patience === 'wait' ? null : patience);
      return;
    }
    // A preview of an outdated recipe is of no interest; a projection on the way to
    // another one is, unless it would hold up a slow link.
    const { position, recipe } = wanted.place;
    const hurry =
      position.mode !== 'projection' ||
      this._mode !== 'projection' ||
      links.isSlow(recipe.dataset?.resource ?? '');
    this._mode = position.mode;
    this._requests.ask(wanted, hurry);
    // What is kept is there at once: no clock is to begin.
    const computing =
      images.get(wanted.key) === undefined
        ? this._slow.computing(wanted.key, () => {
            this.drop();
            changed();
          })
        : null;
    if (computing) {
      say(computing);
    }
  }

  /** Ask for a coarse image, unless it was the last one that came; whether it is on its way. */
  glance(place: IPlace): boolean {
    const wanted = wantedGlance(this._options.api, place);
    if (this._glanced === wanted.key) {
      return false;
    }
    this._requests.ask(wanted, true);
    return true;
  }

  /** Nothing is wanted any more. */
  drop(): void {
    this._requests.drop();
  }

  get isDisposed(): boolean {
    return this._requests.isDisposed;
  }

  dispose(): void {
    this._requests.dispose();
    this._slow.dispose();
  }

  /** Whether an image may be asked for: a slice of an external tool may take long. */
  private _patience({ key, place }: IWantedImage): Verdict {
    const { base, recipe, position } = place;
    const asked = position.mode === 'slice' && images.get(key) === undefined;
    return asked ? this._slow.about(base, recipe, key) : 'go';
  }

  private readonly _requests: Newest<IImage, IWantedImage>;
  private readonly _slow: SlowSlices;
  /** What was asked for last. */
  private _mode = '';
  /** The coarse image that came last. */
  private _glanced = '';
}
