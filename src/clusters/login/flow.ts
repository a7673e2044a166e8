/**
 * The steps of a log-in: what is asked, what came back, what is next.
 *
 * Secrets are held only while a host key is asked for, since the log-in is
 * made again with the answer.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Failure, LoginReply, LoginRequest, Resource } from '../../api';
import { failureOf, isAbort } from '../../api';
import type { ITomoClusters } from '../../tokens';

export type LoginStep =
  | { readonly step: 'ask'; readonly failure: Failure | null }
  | { readonly step: 'busy' }
  | {
      readonly step: 'host-key';
      readonly host: string;
      readonly fingerprint: string;
    }
  | {
      readonly step: 'prompts';
      readonly title: string;
      readonly instructions: string;
      readonly prompts: readonly { prompt: string; echo: boolean }[];
    }
  | { readonly step: 'done'; readonly resource: Resource | null };

export class LoginFlow {
  constructor(
    private readonly _clusters: Pick<
      ITomoClusters,
      'logIn' | 'answer' | 'logOut'
    >
  ) {}

  get step(): LoginStep {
    return this._step;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async logIn(request: LoginRequest): Promise<void> {
    this._request = request;
    await this._ask(signal => this._clusters.logIn(request, signal));
  }

  /**
   * Accept the host key that is asked for, and log in with it.
   *
   * @param before - done first; when it fails there is no log-in.
   */
  async trust(before?: () => Promise<void>): Promise<void> {
    const step = this._step;
    const request = this._request;
    if (step.step !== 'host-key' || !request) {
      return;
    }
    this._set({ step: 'busy' });
    try {
      await before?.();
    } catch (reason) {
      this._request = null;
      this._set({ step: 'ask', failure: failureOf(reason) });
      return;
    }
    if (!this._cancelled) {
      await this.logIn({ ...request, trust: step.fingerprint });
    }
  }

  async answer(answers: string[]): Promise<void> {
    const login = this._login;
    await this._ask(signal =>
      this._clusters.answer({ login, answers }, signal)
    );
  }

  /** Give up. A log-in that succeeds all the same is undone. */
  cancel(): void {
    this._cancelled = true;
    this._abort?.abort();
    this._request = null;
  }

  private async _ask(
    ask: (signal: AbortSignal) => Promise<LoginReply>
  ): Promise<void> {
    const resource = this._request?.resource ?? '';
    const abort = new AbortController();
    this._abort = abort;
    this._set({ step: 'busy' });
    try {
      const reply = await ask(abort.signal);
      if (!this._cancelled) {
        this._take(reply);
      } else if (reply.state === 'online') {
        await this._clusters.logOut(resource);
      }
    } catch (reason) {
      if (!this._cancelled && !isAbort(reason)) {
        this._request = null;
        this._set({ step: 'ask', failure: failureOf(reason) });
      }
    }
  }

  private _take(reply: LoginReply): void {
    switch (reply.state) {
      case 'online':
        this._request = null;
        this._set({ step: 'done', resource: reply.resource ?? null });
        break;
      case 'host-key':
        this._set({
          step: 'host-key',
          host: reply.host ?? '',
          fingerprint: reply.fingerprint ?? ''
        });
        break;
      case 'prompts':
        this._login = reply.login ?? '';
        this._set({
          step: 'prompts',
          title: reply.title ?? '',
          instructions: reply.instructions ?? '',
          prompts: reply.prompts ?? []
        });
    }
  }

  private _set(step: LoginStep): void {
    this._step = step;
    this._changed.emit();
  }

  private _step: LoginStep = { step: 'ask', failure: null };
  private _request: LoginRequest | null = null;
  private _login = '';
  private _abort: AbortController | null = null;
  private _cancelled = false;
  private readonly _changed = new Signal<this, void>(this);
}
