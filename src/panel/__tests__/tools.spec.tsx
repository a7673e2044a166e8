import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act, Simulate } from 'react-dom/test-utils';

import type { Tool } from '../../api';
import type { ITomoApi } from '../../tokens';
import { TomoPanel } from '../panel';
import { offersOf, ToolCatalogue } from '../tools';
import { FakeJobs, FakeSession, fakeContext } from './fakes';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const HINT = 'conda install -c conda-forge tomopy (it is not on PyPI).';

function tool(name: string, about: Partial<Tool> = {}): Tool {
  return {
    name,
    title: name,
    help: `Help of ${name}.`,
    available: true,
    version: '1.0',
    gpu: false,
    why: '',
    install: '',
    methods: [],
    ...about
  };
}

const FOUND: Tool[] = [
  tool('builtin'),
  tool('tomopy', {
    available: false,
    why: 'TomoPy is not installed in this Python.',
    install: HINT
  }),
  tool('astra', {
    methods: [
      {
        name: 'FBP_CUDA',
        title: 'FBP (GPU)',
        help: '',
        schema: {},
        why: 'FBP_CUDA needs an NVIDIA graphics card, and there is none.'
      }
    ]
  }),
  tool('cil-pdhg', {
    title: 'CIL',
    methods: [
      {
        name: 'tv',
        title: 'TV',
        help: 'Total variation.',
        schema: {
          alpha: { title: 'Alpha', type: 'number', minimum: 0, default: 0.1 }
        }
      }
    ]
  })
];

describe('offersOf', () => {
  it('knows the tools before anything is found', () => {
    const offers = offersOf(null);
    expect(offers.map(each => each.name)).toEqual(
      expect.arrayContaining(['builtin', 'astra', 'tomopy'])
    );
    expect(offers.every(each => each.available === null)).toBe(true);
  });

  it('adds what was found, and tools of other packages', () => {
    const offers = offersOf(FOUND);
    const named = new Map(offers.map(each => [each.name, each]));
    expect(named.get('tomopy')).toMatchObject({
      available: false,
      why: `TomoPy is not installed in this Python. ${HINT}`
    });
    const astra = named.get('astra');
    expect(astra?.available).toBe(true);
    expect(
      astra?.methods.filter(each => each.why).map(each => each.name)
    ).toEqual(['FBP_CUDA']);
    expect(named.get('cil-pdhg')?.methods[0].schema.alpha.default).toBe(0.1);
  });
});

describe('ToolCatalogue', () => {
  it('asks again when the cluster of the choice comes online', () => {
    const jobs = new FakeJobs();
    const tools = jest.fn<ReturnType<ITomoApi['tools']>, []>(() =>
      Promise.resolve({ tools: FOUND })
    );
    const catalogue = new ToolCatalogue({ tools }, jobs);
    const at = (state: 'offline' | 'online'): void => {
      jobs.resources = jobs.resources.map(each =>
        each.name === jobs.choice.resource ? { ...each, state } : each
      );
      jobs.changed.emit();
    };
    at('offline');
    catalogue.want();
    expect(tools).toHaveBeenCalledTimes(1);
    at('offline');
    catalogue.want();
    expect(tools).toHaveBeenCalledTimes(1);
    at('online');
    catalogue.want();
    expect(tools).toHaveBeenCalledTimes(2);
    catalogue.dispose();
  });

  it('asks once a kernel, again when told, and not for another', async () => {
    const asked: unknown[] = [];
    const jobs = new FakeJobs();
    const tools = new ToolCatalogue(
      {
        tools: request => {
          asked.push(request);
          return Promise.resolve({ tools: FOUND });
        }
      },
      jobs
    );
    tools.want();
    tools.want();
    expect(tools.found.state).toBe('pending');
    await Promise.resolve();
    expect(tools.found).toEqual({ state: 'ready', value: FOUND });
    tools.want();
    expect(asked).toEqual([{ purpose: 'tools', kernel: jobs.choice.kernel }]);
    tools.lookAgain();
    expect(asked[1]).toMatchObject({ again: true });
    tools.dispose();
    expect(tools.isDisposed).toBe(true);
  });
});

describe('the Tool section', () => {
  let panel: TomoPanel | null = null;
  afterEach(() => {
    panel?.dispose();
    panel = null;
  });

  async function show(
    session: FakeSession,
    answer: ITomoApi['tools']
  ): Promise<HTMLElement> {
    const shown = new TomoPanel(
      fakeContext(session, undefined, undefined, answer)
    );
    panel = shown;
    await act(async () => {
      Widget.attach(shown, document.body);
      MessageLoop.sendMessage(shown, Widget.Msg.UpdateRequest);
      await Promise.resolve();
    });
    await act(async () => {
      await Promise.resolve();
    });
    return shown.node;
  }

  const found: ITomoApi['tools'] = () => Promise.resolve({ tools: FOUND });

  function select(node: ParentNode, label: string): HTMLSelectElement {
    const element = node.querySelector(`select[aria-label="${label}"]`);
    if (!(element instanceof HTMLSelectElement)) {
      throw new Error(`No choice is labelled ${label}.`);
    }
    return element;
  }

  it('offers tools, and says why one is not available', async () => {
    const node = await show(new FakeSession(), found);
    const options = [...select(node, 'Tool').options];
    expect(options.map(each => each.label)).toEqual(
      expect.arrayContaining(['Built-in', 'TomoPy (not available)', 'ASTRA'])
    );
    expect(
      options.filter(each => each.disabled).map(each => each.value)
    ).toEqual(['tomopy']);
    expect(node.querySelector('.jp-TomoMissing')?.textContent).toContain(HINT);
  });

  it('says that the recipe names a tool which the kernel has not', async () => {
    const recipe = (tool: string): FakeSession =>
      new FakeSession({
        dataset: { path: 'grapes_ct/' },
        reconstruction: { tool, method: 'tv' }
      });
    const asked = jest.fn(found);
    const node = await show(recipe('tiny-tool'), asked);
    expect(node.textContent).toContain('tiny-tool is not in the Python');
    expect(select(node, 'Tool').value).toBe('tiny-tool');
    const again = [...node.querySelectorAll('button')].find(
      each => each.textContent === 'Look again'
    );
    await act(async () => {
      again?.click();
      await Promise.resolve();
    });
    expect(asked.mock.calls.at(-1)?.[0]).toMatchObject({ again: true });
    panel?.dispose();
    const other = await show(recipe('cil-pdhg'), found);
    expect(other.textContent).not.toContain('is not in the Python');
  });

  it('chooses a tool with its first method, in one step', async () => {
    const session = new FakeSession();
    const node = await show(session, found);
    act(() => {
      const choice = select(node, 'Tool');
      choice.value = 'astra';
      Simulate.change(choice);
    });
    expect(session.edits).toHaveLength(1);
    expect(session.recipe.reconstruction).toMatchObject({
      tool: 'astra',
      method: 'FBP'
    });
    expect(session.recipe.reconstruction?.parameters).toBeUndefined();
  });

  it('hides what is advanced until it is asked for', async () => {
    const session = new FakeSession({
      dataset: { path: 'grapes_ct/' },
      reconstruction: { tool: 'tomopy', method: 'gridrec' }
    });
    const node = await show(session, found);
    const methods = (): string[] =>
      [...select(node, 'Method').options].map(each => each.value);
    expect(methods()).not.toContain('tikh');
    const all = [...node.querySelectorAll('button')].find(
      each => each.textContent === 'All methods'
    );
    act(() => {
      all?.click();
    });
    expect(methods()).toContain('tikh');
  });

  it('labels a switch once, and it can be turned off', async () => {
    const session = new FakeSession({
      dataset: { path: 'grapes_ct/' },
      reconstruction: { tool: 'astra', method: 'SIRT' }
    });
    const node = await show(session, found);
    const box = node.querySelector('input[aria-label="Only the disc"]');
    if (!(box instanceof HTMLInputElement)) {
      throw new Error('There is no switch.');
    }
    expect(box.checked).toBe(true);
    expect(node.textContent?.split('Only the disc')).toHaveLength(2);
    expect(node.textContent).not.toContain('Reconstruct only the disc');
    act(() => {
      box.checked = false;
      Simulate.change(box);
    });
    expect(session.recipe.reconstruction?.parameters).toEqual({ disc: false });
  });

  it('has what was typed in the recipe when its field is left', async () => {
    const session = new FakeSession({
      dataset: { path: 'grapes_ct/' },
      reconstruction: { tool: 'command', method: 'run' }
    });
    const node = await show(session, found);
    const field = node.querySelector('input[aria-label="Command"]');
    if (!(field instanceof HTMLInputElement)) {
      throw new Error('There is no field.');
    }
    field.focus();
    act(() => {
      field.value = 'recon {input} {output}';
      Simulate.change(field);
    });
    expect(session.edits).toEqual([]);
    act(() => {
      Simulate.blur(field);
    });
    expect(session.edits).toEqual([
      [
        {
          path: ['reconstruction', 'parameters', 'command'],
          value: 'recon {input} {output}'
        }
      ]
    ]);
  });

  it('says what went wrong when the tools cannot be asked for', async () => {
    const node = await show(new FakeSession(), () =>
      Promise.reject(new Error('the agent is away'))
    );
    expect(node.textContent).toContain('the agent is away');
  });
});
