import type { Context, DocumentRegistry } from '@jupyterlab/docregistry';
import { ServiceManagerMock } from '@jupyterlab/services/lib/testutils';
import { DisposableDelegate } from '@lumino/disposable';

import { OutsideChanges } from '../outside';
import { contextOf } from './fakes';

const BEFORE = '{"version": 1, "dataset": {"path": "before"}}';
const AFTER = '{"version": 1, "dataset": {"path": "after"}}';
const PATH = 'sub/ct.tomo.json';

describe('OutsideChanges', () => {
  let context: Context<DocumentRegistry.ICodeModel>;
  let manager: InstanceType<typeof ServiceManagerMock>;
  let outside: OutsideChanges;
  /** Conflicts that are shown: what loads the file. */
  let shown: (() => void)[];
  let told: number;

  const source = (): string => context.model.sharedModel.getSource();

  /** As a kernel does: nothing of this page knows of it. */
  async function written(text: string): Promise<void> {
    await manager.contents.save(PATH, {
      type: 'file',
      format: 'text',
      content: text
    });
  }

  async function look(times = 1): Promise<void> {
    for (let n = 0; n < times; n++) {
      await outside.look();
    }
    await new Promise(resolve => setTimeout(resolve, 0));
  }

  beforeEach(async () => {
    shown = [];
    told = 0;
    manager = new ServiceManagerMock();
    const { contents } = manager;
    const get = contents.get.bind(contents);
    contents.get = async (path, options) => {
      const file = await get(path, { content: true });
      const hash = JSON.stringify(file.content);
      return { ...(await get(path, options)), hash };
    };
    context = await contextOf(BEFORE, PATH, manager);
    outside = new OutsideChanges({
      context,
      contents: manager.contents,
      tell: (_, reload) => {
        told++;
        shown.push(reload);
        return new DisposableDelegate(() => {
          shown = shown.filter(each => each !== reload);
        });
      }
    });
  });

  afterEach(() => {
    outside.dispose();
    context.dispose();
  });

  it('takes what was saved elsewhere into a document without changes, as one step to undo', async () => {
    await look();
    expect(source()).toBe(BEFORE);
    await written(AFTER);
    await look();
    expect(source()).toBe(AFTER);
    expect(context.model.dirty).toBe(false);
    expect(told).toBe(0);
    context.model.sharedModel.undo();
    expect(source()).toBe(BEFORE);
  });

  it('asks once when there are changes, and loads the file when that is wanted', async () => {
    context.model.sharedModel.updateSource(0, BEFORE.length, 'mine');
    await written(AFTER);
    await look(4);
    expect(source()).toBe('mine');
    expect(told).toBe(1);
    expect(shown).toHaveLength(1);
    shown[0]();
    await look();
    expect(source()).toBe(AFTER);
    expect(context.model.dirty).toBe(false);
    expect(shown).toHaveLength(0);
  });

  it('says nothing any more once the changes were saved over the file', async () => {
    context.model.sharedModel.updateSource(0, BEFORE.length, 'mine');
    await written(AFTER);
    await look(2);
    expect(shown).toHaveLength(1);
    await written('mine');
    await context.revert();
    await look();
    expect(shown).toHaveLength(0);
    expect(told).toBe(1);
  });

  it('takes its own saves for what they are', async () => {
    context.model.sharedModel.updateSource(0, BEFORE.length, AFTER);
    await context.save();
    await look(3);
    expect(source()).toBe(AFTER);
    expect(told).toBe(0);
  });
});
