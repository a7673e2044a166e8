import { Signal } from '@lumino/signaling';

import type { Recipe } from '../../recipe';
import type { ViewMode } from '../../tokens';
import { RegionEditor } from '../live/region-editor';
import type { IImage } from '../pixels/image';
import type { ImageView } from '../pixels/image-view';
import type { Overlay } from '../pixels/overlays';
import { FakeSession } from './fakes';

const RECIPE: Recipe = {
  version: 1,
  regions: { roi: [0, 0, 4, 4], centre: { column: 100 } }
};
const IMAGE: IImage = {
  data: new Float32Array(16),
  rows: 4,
  columns: 4,
  about: {}
};

class FakeView {
  readonly moved = new Signal<unknown, Overlay>(this);
  readonly picked = new Signal<unknown, { x: number; y: number }>(this);
  readonly drawn = new Signal<unknown, number[]>(this);
  readonly setOverlays = jest.fn<void, [readonly Overlay[]]>();
  drawing = false;

  over(): string[] {
    return (this.setOverlays.mock.lastCall?.[0] ?? []).map(({ id }) => id);
  }
}

describe('Regions over an image', () => {
  let session: FakeSession;
  let view: FakeView;
  let shown: ViewMode | null;
  let editor: RegionEditor;

  beforeEach(() => {
    session = new FakeSession(RECIPE);
    session.position = { mode: 'projection', frame: 0, row: 3 };
    view = new FakeView();
    shown = 'projection';
    editor = new RegionEditor({
      session: session.session,
      view: view as unknown as ImageView,
      shown: () => shown && { mode: shown, image: IMAGE }
    });
  });

  it('are those of what is shown, where that is what is looked at', () => {
    editor.update();
    expect(view.over()).toEqual(['row', 'axis', 'roi']);
    session.position = { ...session.position, mode: 'slice' };
    editor.update();
    expect(view.over()).toEqual([]);
    shown = 'slice';
    editor.update();
    expect(view.over()).toEqual(['cross', 'mask']);
    shown = null;
    editor.update();
    expect(view.over()).toEqual([]);
  });

  it('become edits when they are moved, and the row another place', () => {
    view.moved.emit({ id: 'roi', rectangle: [1, 0, 4, 4] });
    expect(session.edits).toEqual([
      [{ path: ['regions', 'roi'], value: [1, 0, 4, 4] }]
    ]);
    view.moved.emit({ id: 'row', row: 5 });
    view.moved.emit({ id: 'cross', x: 1, y: 1 });
    expect(session.position.row).toBe(5);
    expect(session.edits).toHaveLength(1);
  });

  it('are drawn one at a time, in projections alone', () => {
    expect(editor.drawing).toBeNull();
    editor.draw('roi');
    editor.draw('air');
    expect(editor.drawing).toBe('air');
    view.drawn.emit([0, 0, 2, 2]);
    expect(session.edits).toEqual([
      [{ path: ['regions', 'air'], value: [0, 0, 2, 2] }]
    ]);
    // The same once more: it is over.
    editor.draw('air');
    expect(editor.drawing).toBeNull();
    editor.draw('air');
    editor.endElsewhere();
    expect(editor.drawing).toBe('air');
    session.position = { ...session.position, mode: 'slice' };
    editor.endElsewhere();
    expect(editor.drawing).toBeNull();
    shown = 'slice';
    view.drawn.emit([0, 0, 3, 3]);
    expect(session.edits).toHaveLength(1);
  });

  it('have a row where one points in a projection', () => {
    view.picked.emit({ x: 1, y: 6.2 });
    expect(session.position.row).toBe(6);
    shown = null;
    view.picked.emit({ x: 1, y: 2 });
    expect(session.position.row).toBe(6);
  });

  it('hold an axis, or none', () => {
    expect(editor.hasAxis).toBe(true);
    session.recipe = { version: 1 };
    expect(editor.hasAxis).toBe(false);
  });
});
