import { Context } from '@jupyterlab/docregistry';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ServiceManagerMock } from '@jupyterlab/services/lib/testutils';
import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act, Simulate } from 'react-dom/test-utils';

import { PLUGINS } from '../catalogue';
import { Catalogues } from '../catalogues';
import { SavuEditor } from '../editor';
import { printList } from '../list-text';
import { SavuListModel } from '../model';
import { EMPTY } from '../operations';
import { SavuModelFactory } from '../widget';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const trans = nullTranslator.load('jupyterlab_tomo');
const NAMES = ['NxtomoLoader', 'ImageLoader', 'AstraReconCpu'];

describe('The editor of a process list', () => {
  let model: SavuListModel;
  let editor: SavuEditor;
  let scrolled: string[];

  beforeEach(async () => {
    scrolled = [];
    Element.prototype.scrollIntoView = function () {
      scrolled.push(this.id);
    };
    const manager = new ServiceManagerMock();
    await manager.contents.save('l.txt', {
      type: 'file',
      format: 'text',
      content: printList(EMPTY)
    });
    const context = new Context<DocumentRegistry.ICodeModel>({
      manager,
      factory: new SavuModelFactory(),
      path: 'l.txt'
    });
    await context.initialize(false);
    const lists = { savuPlugins: () => Promise.reject(new Error('not asked')) };
    model = new SavuListModel(
      context,
      new Catalogues(lists, null, trans),
      trans
    );
    editor = new SavuEditor({ model, trans });
    await act(async () => {
      Widget.attach(editor, document.body);
      MessageLoop.sendMessage(editor, Widget.Msg.UpdateRequest);
      await Promise.resolve();
    });
    await change(() => {
      for (const name of NAMES) {
        const plugin = PLUGINS.find(each => each.name === name);
        if (plugin) {
          model.add(plugin);
        }
      }
    });
  });

  afterEach(() => {
    act(() => editor.dispose());
  });

  async function change(make: () => void): Promise<void> {
    await act(async () => {
      make();
      MessageLoop.flush();
      await Promise.resolve();
    });
  }

  function control(name: string): HTMLInputElement | HTMLSelectElement {
    const found = editor.node.querySelector(
      `input[aria-label="${name}"], select[aria-label="${name}"]`
    );
    if (
      found instanceof HTMLInputElement ||
      found instanceof HTMLSelectElement
    ) {
      return found;
    }
    throw new Error(`Nothing is labelled ${name}.`);
  }

  async function write(name: string, text: string): Promise<void> {
    const field = control(name);
    await change(() => {
      field.value = text;
      Simulate.change(field);
    });
  }

  it('tells the plugin that the keys are at, and shows it', async () => {
    const list = editor.node.querySelector('[role="listbox"]');
    const active = (): string | null | undefined =>
      document.getElementById(list?.getAttribute('aria-activedescendant') ?? '')
        ?.textContent;
    if (!list) {
      throw new Error('There is no list.');
    }
    expect(active()).toContain('AstraReconCpu');
    scrolled = [];
    await change(() => Simulate.keyDown(list, { key: 'ArrowUp' }));
    expect(active()).toContain('ImageLoader');
    expect(scrolled).toEqual([list.getAttribute('aria-activedescendant')]);
  });

  it('keeps what it does not take, and says why, until it is mended or given up', async () => {
    await write('n_iterations', 'many');
    await change(() => Simulate.blur(control('n_iterations')));
    expect(control('n_iterations').value).toBe('many');
    expect(control('n_iterations').getAttribute('aria-invalid')).toBe('true');
    expect(editor.node.querySelector('.jp-TomoSavu-problem')?.textContent).toBe(
      'It is "many", but should be a whole number.'
    );
    await change(() =>
      Simulate.keyDown(control('n_iterations'), { key: 'Escape' })
    );
    expect(control('n_iterations').value).toBe('1');
    expect(editor.node.querySelector('.jp-TomoSavu-problem')).toBeNull();
  });

  it('keeps it while another plugin is chosen, or one is added', async () => {
    await write('n_iterations', 'many');
    await change(() => {
      model.selected = 0;
    });
    expect(editor.node.querySelector('h2')?.closest('[hidden]')).toBeNull();
    await change(() => {
      model.adding = true;
    });
    await change(() => {
      model.selected = 2;
    });
    expect(control('n_iterations').value).toBe('many');
    expect(control('n_iterations').closest('[hidden]')).toBeNull();
    // The others hold nothing, and are not drawn.
    expect(editor.node.querySelectorAll('.jp-TomoSavu-details')).toHaveLength(
      1
    );
  });

  it('offers the choices again when one value was written instead of several', async () => {
    const offer = (): string =>
      control('algorithm') instanceof HTMLSelectElement ? 'choices' : 'field';
    const several = '\u0000several';
    expect(offer()).toBe('choices');
    await write('algorithm', several);
    expect(offer()).toBe('field');
    await write('algorithm', 'FBP;SIRT');
    await change(() => Simulate.blur(control('algorithm')));
    expect(offer()).toBe('field');
    await write('algorithm', 'SIRT');
    await change(() => Simulate.blur(control('algorithm')));
    expect(model.values['algorithm']).toBe('SIRT');
    expect(offer()).toBe('choices');
  });
});
