/** A log-in under way, which the browser follows question by question. */
import { randomUUID } from 'node:crypto';

import type { Ask, IQuestion } from './authentication';
import type { Connection } from './connection';
import { noSuchLogin } from './failures';

/** Milliseconds for the user to answer: servers wait for two minutes. */
const PATIENCE = 115_000;

/** What comes next: a question, or the connection. */
export type Turn =
  | { readonly kind: 'question'; readonly question: IQuestion }
  | { readonly kind: 'open'; readonly connection: Connection };

export class Attempt {
  constructor(open: (ask: Ask, signal: AbortSignal) => Promise<Connection>) {
    const ask: Ask = question => this._wait(question);
    this.done = open(ask, this._abort.signal);
    // Told by the turn.
    this.done.catch(() => undefined);
  }

  readonly id = randomUUID();
  readonly done: Promise<Connection>;

  /** The next question, or the end. @throws why there is no connection. */
  async turn(): Promise<Turn> {
    return Promise.race([
      this._question,
      this.done.then(connection => ({ kind: 'open', connection }) as const)
    ]);
  }

  answer(answers: readonly string[]): void {
    const reply = this._reply;
    this._reply = null;
    reply?.([...answers]);
  }

  get waits(): boolean {
    return this._reply !== null;
  }

  abort(reason: Error): void {
    this._abort.abort(reason);
  }

  private async _wait(question: IQuestion): Promise<string[]> {
    const timer = setTimeout(() => this.abort(noSuchLogin()), PATIENCE);
    try {
      return await new Promise<string[]>((resolve, reject) => {
        const { signal } = this._abort;
        signal.addEventListener('abort', () => reject(noSuchLogin()), {
          once: true
        });
        this._reply = answers => {
          this._newQuestion();
          resolve(answers);
        };
        this._tell({ kind: 'question', question });
      });
    } finally {
      clearTimeout(timer);
    }
  }

  private _newQuestion(): void {
    this._question = new Promise(resolve => {
      this._tell = resolve;
    });
  }

  private readonly _abort = new AbortController();
  private _reply: ((answers: string[]) => void) | null = null;
  private _tell: (turn: Turn) => void = () => undefined;
  private _question = new Promise<Turn>(resolve => {
    this._tell = resolve;
  });
}
