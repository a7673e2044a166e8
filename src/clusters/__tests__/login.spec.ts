import { ApiError } from '../../api';
import type { LoginReply, LoginRequest } from '../../api';
import { LoginFlow } from '../login/flow';
import { remembered } from '../login/remembered';

const REQUEST: LoginRequest = {
  resource: 'scarf',
  method: 'password',
  user: 'scarf123',
  password: 'secret'
};
const FINGERPRINT = `SHA256:${'a'.repeat(43)}`;

/** A door that answers in turn. */
function flowOf(replies: (LoginReply | Error)[]): {
  flow: LoginFlow;
  asked: unknown[];
  steps: string[];
} {
  const asked: unknown[] = [];
  const next = (body: unknown): Promise<LoginReply> => {
    asked.push(body);
    const reply = replies.shift();
    return reply === undefined || reply instanceof Error
      ? Promise.reject(reply ?? new Error('no reply is left'))
      : Promise.resolve(reply);
  };
  const flow = new LoginFlow({
    logIn: next,
    answer: next,
    logOut: name => {
      asked.push(`log out ${name}`);
      return Promise.reject(new Error('gone'));
    }
  });
  const steps: string[] = [];
  flow.changed.connect(() => steps.push(flow.step.step));
  return { flow, asked, steps };
}

describe('LoginFlow', () => {
  it('logs in again with a key that is trusted, once it is pinned', async () => {
    const { flow, asked, steps } = flowOf([
      {
        state: 'host-key',
        host: 'scarf.rl.ac.uk:22',
        fingerprint: FINGERPRINT
      },
      { state: 'online' }
    ]);
    await flow.logIn(REQUEST);
    expect(flow.step).toEqual({
      step: 'host-key',
      host: 'scarf.rl.ac.uk:22',
      fingerprint: FINGERPRINT
    });
    await flow.trust(() => {
      asked.push('pinned');
      return Promise.resolve();
    });
    expect(asked).toEqual([
      REQUEST,
      'pinned',
      { ...REQUEST, trust: FINGERPRINT }
    ]);
    expect(steps).toEqual(['busy', 'host-key', 'busy', 'busy', 'done']);
    // Nothing secret is left in it.
    expect(Reflect.get(flow, '_request')).toBeNull();
  });

  it('asks nothing of the cluster when the key cannot be pinned', async () => {
    const { flow, asked } = flowOf([
      { state: 'host-key', host: 'scarf.rl.ac.uk', fingerprint: FINGERPRINT },
      { state: 'online' }
    ]);
    await flow.logIn(REQUEST);
    await flow.trust(() => Promise.reject(new Error('disk full')));
    expect(asked).toHaveLength(1);
    expect(flow.step.step).toBe('ask');
  });

  it('answers round after round of prompts', async () => {
    const login = '00000000-0000-4000-8000-0000000000aa';
    const prompt = (text: string): LoginReply => ({
      state: 'prompts',
      login,
      title: '',
      instructions: '',
      prompts: [{ prompt: text, echo: false }]
    });
    const { flow, asked } = flowOf([
      prompt('Password: '),
      prompt('Verification code: '),
      { state: 'online' }
    ]);
    await flow.logIn({ resource: 'scarf', method: 'keyboard-interactive' });
    await flow.answer(['secret']);
    await flow.answer(['123456']);
    expect(asked.slice(1)).toEqual([
      { login, answers: ['secret'] },
      { login, answers: ['123456'] }
    ]);
    expect(flow.step.step).toBe('done');
  });

  it('shows a refusal and asks again', async () => {
    const failure = {
      code: 'wrong-password',
      message: 'SCARF refused the password.',
      where: 'password',
      hint: 'Type it again.'
    };
    const { flow } = flowOf([new ApiError(failure), { state: 'online' }]);
    await flow.logIn(REQUEST);
    expect(flow.step).toEqual({ step: 'ask', failure });
    expect(Reflect.get(flow, '_request')).toBeNull();
    await flow.logIn(REQUEST);
    expect(flow.step.step).toBe('done');
  });

  it('undoes a log-in that succeeds after it was given up', async () => {
    const { flow, asked, steps } = flowOf([{ state: 'online' }]);
    const pending = flow.logIn(REQUEST);
    flow.cancel();
    await pending;
    expect(asked).toEqual([REQUEST, 'log out scarf']);
    expect(steps).toEqual(['busy']);
  });
});

describe('remembered', () => {
  it('prefers the settings, and falls back to the password', async () => {
    expect(await remembered(null, 'scarf', { user: '', key: '' })).toEqual({
      user: '',
      method: 'password',
      key: ''
    });
    expect(
      await remembered(null, 'scarf', { user: 'me', key: '/home/me/k' })
    ).toEqual({ user: 'me', method: 'key', key: '/home/me/k' });
  });
});
