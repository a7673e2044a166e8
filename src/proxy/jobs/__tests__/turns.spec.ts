/** @jest-environment node */
import { Turns } from '../turns';

describe('turns', () => {
  it('come one after the other at one place, and a failure holds up nobody', async () => {
    const turns = new Turns();
    const told: string[] = [];
    const work = async (name: string, fails = false): Promise<string> => {
      told.push(`${name} begins`);
      await new Promise(resolve => setTimeout(resolve, 5));
      told.push(`${name} ends`);
      if (fails) {
        throw new Error(name);
      }
      return name;
    };
    const first = turns.take('here', () => work('first', true));
    const second = turns.take('here', () => work('second'));
    await expect(first).rejects.toThrow('first');
    await expect(second).resolves.toBe('second');
    expect(told).toEqual([
      'first begins',
      'first ends',
      'second begins',
      'second ends'
    ]);
  });

  it('do not wait for those of another place', async () => {
    const turns = new Turns();
    let answer = (): void => undefined;
    const slow = turns.take(
      'a cluster',
      () =>
        new Promise<void>(resolve => {
          answer = resolve;
        })
    );
    await expect(
      turns.take('here', () => Promise.resolve('made'))
    ).resolves.toBe('made');
    answer();
    await slow;
  });
});
