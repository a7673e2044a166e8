/**
 * Answers a server's demands in turn: the method that the user chose, and
 * whatever the server wants besides, as a one-time code. What only the user
 * knows is asked for.
 */
import type {
  AnyAuthMethod,
  AuthenticationType,
  AuthHandlerMiddleware,
  ParsedKey,
  Prompt
} from 'ssh2';

import { ProxyError } from '../../../failure';
import { readKey, type ICredentials } from './credentials';

export interface IQuestion {
  readonly title: string;
  readonly instructions: string;
  readonly prompts: readonly { prompt: string; echo: boolean }[];
}

/** Asks the user. */
export type Ask = (question: IQuestion) => Promise<string[]>;

export class Authentication {
  /** @throws ProxyError when the key or the agent that is meant is not there. */
  static async prepare(
    credentials: ICredentials,
    host: string,
    ask: Ask
  ): Promise<Authentication> {
    const agent = process.env.SSH_AUTH_SOCK ?? '';
    if (credentials.method === 'agent' && !agent) {
      throw noAgent('The Jupyter server knows no ssh-agent.');
    }
    const key =
      credentials.method === 'key' ? await readKey(credentials) : null;
    return new Authentication(credentials, host, ask, key, agent);
  }

  private constructor(
    private readonly _credentials: ICredentials,
    private readonly _host: string,
    private readonly _ask: Ask,
    private readonly _key: ParsedKey | null,
    private readonly _agent: string
  ) {}

  /** Whether the user had to answer something: then it cannot be repeated without them. */
  get asked(): boolean {
    return this._asked;
  }

  /** What ssh2 asks for the next method. It takes false for "there is none". */
  readonly handler: AuthHandlerMiddleware = (left, partial) =>
    this._next(left, partial) ?? false;

  /** Why the server would not have us. */
  failure(): ProxyError {
    const { method, user } = this._credentials;
    const about = (
      code: string,
      message: string,
      where: string,
      hint: string
    ): ProxyError => new ProxyError(401, code, message, { where, hint });
    const refused = `${this._host} does not take`;
    if (!this._tried.has(METHODS[method]) && !this._asked) {
      const offered = this._offered.join(', ') || 'nothing';
      return about(
        'method-refused',
        `${refused} this method of log-in for ${user}; it offers ${offered}.`,
        'method',
        'Choose another method.'
      );
    }
    if (this._asked) {
      return about(
        'wrong-answer',
        `${refused} the answers of ${user}.`,
        'answers',
        'Log in again; a one-time code is only good once and for a short time.'
      );
    }
    switch (method) {
      case 'key':
        return about(
          'wrong-key',
          `${refused} this key for ${user}.`,
          'key',
          'See whether its public part is registered there, and whether the user name is right.'
        );
      case 'agent':
        return about(
          'wrong-key',
          `${refused} any key of the ssh-agent for ${user}.`,
          'agent',
          'Add the right key with ssh-add, or choose another method.'
        );
      default:
        return about(
          'wrong-password',
          `${refused} this name and password (${user}).`,
          'password',
          'Type name and password again; after several wrong ones a site may lock the account.'
        );
    }
  }

  private _next(
    left: readonly AuthenticationType[] | null,
    partial: boolean | null
  ): AnyAuthMethod | null {
    const { user } = this._credentials;
    if (!left) {
      // The answer tells which methods there are.
      return { type: 'none', username: user };
    }
    this._offered = left;
    const own = METHODS[this._credentials.method];
    const begun = this._tried.has(own);
    // To the server, an agent's keys are keys.
    if (!begun && left.includes(own === 'agent' ? 'publickey' : own)) {
      return this._try(own);
    }
    // Behind a password of a server that only asks in a dialogue, and behind a first factor.
    const dialogue =
      (begun && partial) || this._credentials.method === 'password';
    const next = dialogue
      ? (['keyboard-interactive', 'password'] as const).find(
          type =>
            left.includes(type) &&
            !this._tried.has(type) &&
            (type !== 'password' || !this._credentials.password.empty) &&
            // A password that was refused is not tried again in a dialogue.
            (!begun || partial === true)
        )
      : undefined;
    return next ? this._try(next) : null;
  }

  private _try(type: Method): AnyAuthMethod {
    this._tried.add(type);
    const username = this._credentials.user;
    switch (type) {
      case 'password':
        return {
          type,
          username,
          password: this._credentials.password.reveal()
        };
      case 'publickey':
        return { type, username, key: this._key ?? '' };
      case 'agent':
        return { type, username, agent: this._agent };
      default:
        return {
          type,
          username,
          prompt: (title, instructions, _lang, prompts, finish) => {
            this._answer({ title, instructions, prompts: prompts.map(plain) })
              .then(finish)
              // Who gave up has ended the connection, too.
              .catch(() => undefined);
          }
        };
    }
  }

  private async _answer(question: IQuestion): Promise<string[]> {
    const [only] = question.prompts;
    const { password } = this._credentials;
    if (
      only &&
      question.prompts.length === 1 &&
      !only.echo &&
      !password.empty &&
      !this._said &&
      /pass\s*word/i.test(only.prompt)
    ) {
      this._said = true;
      return [password.reveal()];
    }
    this._asked = true;
    return this._ask(question);
  }

  private readonly _tried = new Set<AuthenticationType>();
  private _offered: readonly AuthenticationType[] = [];
  private _asked = false;
  private _said = false;
}

type Method = 'password' | 'publickey' | 'agent' | 'keyboard-interactive';

const METHODS: Readonly<Record<ICredentials['method'], Method>> = {
  password: 'password',
  'keyboard-interactive': 'keyboard-interactive',
  key: 'publickey',
  agent: 'agent'
};

export function noAgent(message: string): ProxyError {
  return new ProxyError(422, 'no-agent', message, {
    where: 'agent',
    hint: 'Start the Jupyter server where SSH_AUTH_SOCK names a running ssh-agent, or choose a key.'
  });
}

function plain(prompt: Prompt): { prompt: string; echo: boolean } {
  return { prompt: prompt.prompt, echo: prompt.echo ?? false };
}
