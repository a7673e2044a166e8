import { frameOf } from '../../tuning/__tests__/fakes';
import type { RecipeViewer } from '../live';
import {
  button,
  centreAt,
  make,
  painted,
  settle,
  useViewers
} from './recipe-viewers';

// These are files beside the page.
jest.mock('../../tuning/urls', () => ({}));
// There are no ports here to send memory to.
jest.mock('../../tuning/release', () => ({ release: () => undefined }));
jest.mock('../plotly', () => ({
  ...jest.requireActual<object>('../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

describe('The image before, in a viewer', () => {
  useViewers();

  const key = (viewer: RecipeViewer, type: 'keydown' | 'keyup'): boolean =>
    viewer.node.dispatchEvent(new KeyboardEvent(type, { key: ' ' }));

  it('is that from before a drag, though the hand rested in the middle of it', async () => {
    const { viewer, session, api, work } = make();
    await settle();
    api.asked[0].answer(frameOf(2048));
    const finish = async (): Promise<void> => {
      while (work.length) {
        await work[0].finish();
        await settle(30);
      }
    };
    await settle(1500);
    await finish();
    expect(viewer.image?.data[0]).toBe(100);
    await settle(1500);
    /** So many edits, one after the other, with nothing but first looks between them. */
    const drag = async (from: number, count: number): Promise<void> => {
      for (let at = from; at < from + count; at++) {
        centreAt(session, at);
        await settle(20);
        await work[0].finish();
        await settle(180);
      }
    };
    await drag(101, 8);
    await finish();
    await settle(500);
    await drag(110, 12);
    await finish();
    expect(viewer.image?.data[0]).toBe(121);
    viewer.node.dispatchEvent(new KeyboardEvent('keydown', { key: ' ' }));
    expect(painted().at(-1)).toBe(100);
  });

  /** The slice at column 101 is there, after that at 100. */
  async function tuned() {
    const made = make();
    const { session, api, work } = made;
    await settle();
    api.asked[0].answer(frameOf(2048));
    for (const column of [100, 101]) {
      centreAt(session, column);
      await settle(1500);
      while (work.length) {
        await work[0].finish();
        await settle(1500);
      }
    }
    return made;
  }

  describe('while it is held', () => {
    async function held() {
      const made = await tuned();
      const { viewer } = made;
      key(viewer, 'keydown');
      expect(painted().at(-1)).toBe(100);
      return made;
    }

    it('stays on the screen over a first look, which is there afterwards', async () => {
      const { viewer, session, work } = await held();
      centreAt(session, 102);
      await settle();
      await work[0].finish();
      expect(painted().at(-1)).toBe(100);
      key(viewer, 'keyup');
      expect(painted().at(-1)).toBe(102);
      // Before the edit that is looked at now was the whole under it.
      key(viewer, 'keydown');
      expect(painted().at(-1)).toBe(101);
      key(viewer, 'keyup');
      expect(painted().at(-1)).toBe(102);
      // Its value is set back: the whole of that is what is wanted.
      key(viewer, 'keydown');
      centreAt(session, 101);
      await settle(30);
      key(viewer, 'keyup');
      expect(painted().at(-1)).toBe(101);
    });

    it('stays when the whole image comes, which is there afterwards', async () => {
      const { viewer, session, work } = await held();
      key(viewer, 'keyup');
      centreAt(session, 102);
      await settle();
      await work[0].finish();
      key(viewer, 'keydown');
      expect(painted().at(-1)).toBe(101);
      await settle(30);
      await work[0].finish();
      expect(viewer.image?.data[0]).toBe(102);
      expect(painted().at(-1)).toBe(101);
      expect(viewer.hasClass('jp-mod-before')).toBe(true);
      key(viewer, 'keyup');
      expect(painted().at(-1)).toBe(102);
      expect(viewer.hasClass('jp-mod-before')).toBe(false);
    });

    it('goes with the place that it was of', async () => {
      const { viewer, session, api, work } = await held();
      session.moveTo({ row: 4 });
      await settle(30);
      api.asked[1].answer(frameOf(512));
      await settle(30);
      while (work.length) {
        await work[0].finish();
        await settle(30);
      }
      expect(viewer.image?.columns).toBe(1);
      expect(painted().at(-1)).toBe(101);
      expect(viewer.hasClass('jp-mod-before')).toBe(false);
    });
  });

  it.each([false, true])(
    'gives its memory to the slice that follows, but not while it is held (%s)',
    async hold => {
      const { viewer, session, api, work } = make();
      await settle();
      api.asked[0].answer(frameOf(2048));
      await settle(1500);
      while (work.length) {
        await work[0].finish();
        await settle(30);
      }
      const first = viewer.image?.data;
      let room: Float32Array | null = null;
      for (const column of [101, 102]) {
        await settle(1500);
        if (hold && column === 102) {
          key(viewer, 'keydown');
          expect(painted().at(-1)).toBe(100);
        }
        // The hand moves on before it rests.
        for (const at of [column + 0.5, column]) {
          centreAt(session, at);
          await settle(20);
          await work[0].finish();
        }
        await settle(30);
        [{ room }] = work;
        expect(work[0].look).toBe('whole');
        await work[0].finish();
      }
      expect(room).toBe(hold ? null : first);
      key(viewer, 'keyup');
      key(viewer, 'keydown');
      expect(painted().at(-1)).toBe(101);
    }
  );

  it('is not offered when what took its memory is not going to come', async () => {
    const { viewer, session, work } = await tuned();
    const before = button(viewer, 'Before');
    expect(before.disabled).toBe(false);
    await settle(1500);
    for (const column of [102.5, 102]) {
      centreAt(session, column);
      await settle(20);
      await work[0].finish();
    }
    await settle(30);
    expect(work[0].room?.[0]).toBe(100);
    expect(before.disabled).toBe(false);
    // What is shown is what is wanted again.
    centreAt(session, 101);
    await settle(30);
    expect(painted().at(-1)).toBe(101);
    expect(before.disabled).toBe(true);
  });

  it('holds as before what another recipe gave, though the slice is made anew', async () => {
    const { viewer, session, api, work } = make();
    const finish = async (): Promise<void> => {
      await settle(1500);
      while (work.length) {
        await work[0].finish();
        await settle(1500);
      }
    };
    await settle();
    api.asked[0].answer(frameOf(2048));
    await finish();
    viewer.refresh();
    await settle();
    api.asked[1].answer(frameOf(2048));
    await finish();
    expect(button(viewer, 'Before').disabled).toBe(true);
    centreAt(session, 101);
    await finish();
    viewer.refresh();
    await settle();
    api.asked[2].answer(frameOf(2048));
    await finish();
    viewer.node.dispatchEvent(new KeyboardEvent('keydown', { key: ' ' }));
    expect(painted().at(-1)).toBe(100);
  });
});
