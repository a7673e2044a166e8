import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { PromiseDelegate } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';

import { DEFAULT_CHOICE, GIB, SettingsChoice } from '../choice';

/** Settings on a server that answers when it is told to. */
class SlowSettings {
  readonly composite: Record<string, unknown> = {};
  readonly changed = new Signal<this, void>(this);
  readonly asked: PromiseDelegate<void>[] = [];

  async set(key: string, value: unknown): Promise<void> {
    const answer = new PromiseDelegate<void>();
    this.asked.push(answer);
    await answer.promise;
    this.composite[key] = value;
    this.changed.emit();
  }
}

function make(): [SlowSettings, SettingsChoice] {
  const settings = new SlowSettings();
  return [
    settings,
    new SettingsChoice(settings as unknown as ISettingRegistry.ISettings)
  ];
}

it('holds at once, before the server has kept it', async () => {
  const [settings, store] = make();
  let changes = 0;
  store.changed.connect(() => {
    changes += 1;
  });
  const kept = store.set({ resource: 'scarf', kernel: '' });
  expect(store.choice.resource).toBe('scarf');
  expect(changes).toBe(1);
  settings.asked[0]?.resolve();
  await new Promise(resolve => setTimeout(resolve));
  settings.asked[1]?.resolve();
  await kept;
  expect(settings.composite).toEqual({ resource: 'scarf', kernel: '' });
  expect(store.choice).toEqual({ ...DEFAULT_CHOICE, resource: 'scarf' });
});

it('the last of two choices holds, whatever arrives first', async () => {
  const [settings, store] = make();
  const first = store.set({ resource: 'one', memory: 2 * GIB });
  const second = store.set({ resource: 'two' });
  expect(store.choice).toMatchObject({ resource: 'two', memory: 2 * GIB });
  settings.asked[0]?.resolve();
  settings.asked[1]?.resolve();
  await second;
  settings.asked[2]?.resolve();
  await first;
  expect(store.choice).toMatchObject({ resource: 'two', memory: 2 * GIB });
});

it('goes back to what is kept when the server refuses', async () => {
  const [settings, store] = make();
  const kept = store.set({ resource: 'scarf' });
  settings.asked[0]?.reject(new Error('read-only'));
  await expect(kept).rejects.toThrow('read-only');
  expect(store.choice.resource).toBe('local');
});
