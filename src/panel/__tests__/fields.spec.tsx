import { KNOWN, labelled, show } from './driving';
import { FakeSession, fakeContext } from './fakes';

it('marks the numbers that arrow keys step, and no text: space shows what was before in them', async () => {
  const session = new FakeSession();
  session.description = { state: 'ready', value: KNOWN };
  const node = await show(fakeContext(session));
  const steps = (label: string): boolean =>
    labelled(node, label, HTMLInputElement).matches(
      'input.jp-TomoField.jp-mod-steps'
    );
  expect(steps('Column of the axis of rotation; empty: found by the run')).toBe(
    true
  );
  expect(steps('Path of the data set')).toBe(false);
});
