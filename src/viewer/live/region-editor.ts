/**
 * Regions of a recipe over its image: what is moved, drawn or pointed at there
 * becomes an edit of the recipe, or another row.
 */
import type { IAxis } from '../../axis';
import { rowThrough } from '../../recipe';
import type { Rectangle } from '../../recipe';
import type { IRecipeSession, ViewMode } from '../../tokens';
import type { IImage } from '../pixels/image';
import type { ImageView } from '../pixels/image-view';
import type { Overlay } from '../pixels/overlays';
import { changeOf, overlaysOf, rotationOf } from './regions';
import type { Region } from './toolbar';

export interface IRegionEditorOptions {
  readonly session: IRecipeSession;
  readonly view: ImageView;
  /** The image, and what kind it is of; null: none is shown. */
  readonly shown: () => {
    readonly mode: ViewMode;
    readonly image: IImage;
  } | null;
}

export class RegionEditor {
  constructor(private readonly _options: IRegionEditorOptions) {
    const { view } = _options;
    view.moved.connect((_, overlay) => this._moved(overlay));
    view.picked.connect((_, at) => this._picked(at));
    view.drawn.connect((_, box) => this._drawn(box));
  }

  /** What is being drawn; null: nothing. */
  get drawing(): Region | null {
    return this._options.view.drawing ? this._region : null;
  }

  /** Whether the recipe states an axis, which lies over projections then. */
  get hasAxis(): boolean {
    return this._options.session.recipe.regions?.centre?.column !== undefined;
  }

  /** Bring what lies over the image in line with the session. */
  update(): void {
    const { session, view } = this._options;
    const { recipe, position } = session;
    const shown = this._options.shown();
    view.setOverlays(
      shown && shown.mode === position.mode
        ? overlaysOf(recipe, position, shown.image, this._found)
        : []
    );
  }

  /** Draw a region, or, when that is begun with already, draw none. */
  draw(region: Region): void {
    const again = this.drawing === region;
    this._region = region;
    this._options.view.drawing = !again;
  }

  /** Regions are drawn in the columns and rows of projections. */
  endElsewhere(): void {
    const { session, view } = this._options;
    if (session.position.mode !== 'projection' && view.drawing) {
      view.drawing = false;
    }
  }

  /** The axis that the run would find; null while that is not known. */
  private get _found(): IAxis | null {
    const { centre } = this._options.session;
    return centre.state === 'ready' ? centre.value : null;
  }

  private _moved(overlay: Overlay): void {
    const { session } = this._options;
    if (overlay.id === 'row') {
      session.moveTo({ row: overlay.row });
      return;
    }
    const change = changeOf(overlay);
    if (change) {
      session.edit(change);
    }
  }

  private _picked(at: { readonly x: number; readonly y: number }): void {
    const { session } = this._options;
    const shown = this._options.shown();
    if (session.position.mode === 'projection' && shown) {
      const rotation = rotationOf(session.recipe, shown.image, this._found);
      const row = rotation ? rowThrough(at, rotation) : at.y;
      session.moveTo({ row: Math.round(row) });
    }
  }

  private _drawn(rectangle: Rectangle): void {
    const { session, shown } = this._options;
    if (shown()?.mode !== 'projection') {
      return;
    }
    session.edit({ path: ['regions', this._region], value: rectangle });
  }

  /** What is drawn, or was drawn last. */
  private _region: Region = 'roi';
}
