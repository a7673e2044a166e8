/**
 * What the log-in dialog asks. The browser keeps the fields: no secret becomes
 * state of the page, and each is emptied as soon as it was read.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import React from 'react';

import type { Failure, LoginRequest } from '../../api';
import type { LoginFlow, LoginStep } from './flow';
import type { IRemembered, LoginMethod } from './remembered';
import { METHODS } from './remembered';

export interface ILoginFormOptions {
  readonly flow: LoginFlow;
  readonly trans: TranslationBundle;
  /** Name of the resource. */
  readonly resource: string;
  readonly title: string;
  /** As the user knows it. */
  readonly host: string;
  readonly known: IRemembered;
  /** Whether the accepted host key can be kept in the settings. */
  readonly canPin: (host: string) => boolean;
}

export class LoginForm extends ReactWidget {
  constructor(private readonly _options: ILoginFormOptions) {
    super();
    this.addClass('jp-TomoLogin');
    this._method = _options.known.method;
  }

  /** Whether the user wants the accepted host key in the settings. */
  get pin(): boolean {
    return this._input('pin')?.checked === true;
  }

  /** What was entered; passwords and passphrases are gone from the fields then. */
  read(): LoginRequest {
    const request: LoginRequest = {
      resource: this._options.resource,
      method: this._method,
      user: this._text('user').trim()
    };
    if (this._method === 'password') {
      request.password = this._text('password');
    }
    if (this._method === 'key') {
      request.key = this._text('key').trim();
      request.passphrase = this._text('passphrase');
    }
    this.clear();
    return request;
  }

  /** The answers to the prompts; they are gone from the fields then. */
  readAnswers(): string[] {
    const answers = [
      ...this.node.querySelectorAll<HTMLInputElement>('input[data-prompt]')
    ].map(each => each.value);
    this.clear();
    return answers;
  }

  /** Nothing secret stays in the page. */
  clear(): void {
    for (const input of this.node.querySelectorAll<HTMLInputElement>(
      'input[type="password"], input[data-prompt]'
    )) {
      input.value = '';
    }
  }

  /** The field that is the next to fill in. */
  focusNext(): void {
    const fields = [
      ...this.node.querySelectorAll<HTMLInputElement>(
        'input:not([type="checkbox"]):not(:disabled)'
      )
    ];
    (fields.find(each => each.value === '') ?? fields[0])?.focus();
  }

  protected override render(): JSX.Element {
    const { flow } = this._options;
    return (
      <UseSignal signal={flow.changed}>
        {() => (
          <>
            <Ask
              {...this._options}
              step={flow.step}
              onMethod={method => {
                this._method = method;
              }}
            />
            <Step {...this._options} step={flow.step} />
          </>
        )}
      </UseSignal>
    );
  }

  private _input(name: string): HTMLInputElement | null {
    return this.node.querySelector<HTMLInputElement>(`input[name="${name}"]`);
  }

  private _text(name: string): string {
    return this._input(name)?.value ?? '';
  }

  private _method: LoginMethod;
}

export function methodName(
  method: LoginMethod,
  trans: TranslationBundle
): string {
  switch (method) {
    case 'password':
      return trans.__('Password');
    case 'key':
      return trans.__('Private key');
    case 'agent':
      return trans.__('SSH agent of the server');
    case 'keyboard-interactive':
      return trans.__('One-time code, or questions of the cluster');
  }
}

/** The first questions. They stay in the page, unseen, while the cluster asks its own. */
function Ask({
  step,
  trans,
  host,
  known,
  onMethod
}: ILoginFormOptions & {
  step: LoginStep;
  onMethod: (method: LoginMethod) => void;
}): JSX.Element {
  const [method, setMethod] = React.useState(known.method);
  const busy = step.step === 'busy';
  const failure = step.step === 'ask' ? step.failure : null;
  return (
    <div hidden={step.step !== 'ask' && !busy}>
      <p className="jp-TomoLogin-host">
        <code>{host}</code>
      </p>
      <Field label={trans.__('User')}>
        <input
          name="user"
          className="jp-mod-styled"
          autoComplete="username"
          spellCheck={false}
          autoCapitalize="off"
          defaultValue={known.user}
          disabled={busy}
        />
      </Field>
      <Field label={trans.__('Log in by')}>
        <select
          name="method"
          className="jp-mod-styled"
          value={method}
          disabled={busy}
          onChange={event => {
            const chosen =
              METHODS.find(each => each === event.target.value) ?? 'password';
            setMethod(chosen);
            onMethod(chosen);
          }}
        >
          {METHODS.map(each => (
            <option key={each} value={each}>
              {methodName(each, trans)}
            </option>
          ))}
        </select>
      </Field>
      {method === 'password' ? (
        <Field label={trans.__('Password')}>
          <input
            name="password"
            type="password"
            className="jp-mod-styled"
            autoComplete="current-password"
            disabled={busy}
          />
        </Field>
      ) : null}
      {method === 'key' ? (
        <>
          <Field label={trans.__('Key file')}>
            <input
              name="key"
              className="jp-mod-styled"
              autoComplete="off"
              spellCheck={false}
              defaultValue={known.key || '~/.ssh/id_ed25519'}
              disabled={busy}
            />
          </Field>
          <Field label={trans.__('Passphrase')}>
            <input
              name="passphrase"
              type="password"
              className="jp-mod-styled"
              autoComplete="off"
              placeholder={trans.__('when the key has one')}
              disabled={busy}
            />
          </Field>
        </>
      ) : null}
      <p className="jp-TomoLogin-hint">{methodHint(method, trans)}</p>
      {failure ? <LoginFailure failure={failure} /> : null}
    </div>
  );
}

function methodHint(method: LoginMethod, trans: TranslationBundle): string {
  switch (method) {
    case 'password':
      return trans.__(
        'Kept in the memory of the server until you log out; written nowhere.'
      );
    case 'key':
      return trans.__(
        'A file on the Jupyter server, not on your own computer; it is read for this log-in only.'
      );
    case 'agent':
      return trans.__(
        'The keys of the ssh-agent that the Jupyter server was started with.'
      );
    case 'keyboard-interactive':
      return trans.__('The cluster asks, and you answer here.');
  }
}

/** What the cluster asks or says on the way. */
function Step({
  step,
  trans,
  title,
  canPin
}: ILoginFormOptions & { step: LoginStep }): JSX.Element | null {
  switch (step.step) {
    case 'busy':
      return (
        <p className="jp-TomoLogin-busy" role="status">
          {trans.__('Connecting to %1…', title)}
        </p>
      );
    case 'host-key':
      return (
        <div className="jp-TomoLogin-key">
          <p>
            {trans.__(
              '%1 has not been met before. This is the fingerprint of its key:',
              step.host
            )}
          </p>
          <code className="jp-TomoLogin-fingerprint">{step.fingerprint}</code>
          <p>
            {trans.__(
              'Compare it with the one that the operators publish. Go on only when both are the same: otherwise somebody may stand between you and the cluster.'
            )}
          </p>
          {canPin(step.host) ? (
            <label className="jp-TomoLogin-pin">
              <input name="pin" type="checkbox" defaultChecked={true} />
              {trans.__(
                'Pin it: write it into the settings and refuse every other key'
              )}
            </label>
          ) : null}
        </div>
      );
    case 'prompts':
      return (
        <div>
          {step.title ? <h4>{step.title}</h4> : null}
          {step.instructions ? (
            <p className="jp-TomoLogin-instructions">{step.instructions}</p>
          ) : null}
          {step.prompts.map(({ prompt, echo }, index) => (
            <Field key={`${index} ${prompt}`} label={prompt.trim()}>
              <input
                data-prompt={index}
                className="jp-mod-styled"
                type={echo ? 'text' : 'password'}
                autoComplete={echo ? 'off' : 'one-time-code'}
                spellCheck={false}
              />
            </Field>
          ))}
        </div>
      );
    default:
      return null;
  }
}

function Field(props: {
  label: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <label className="jp-TomoLogin-field">
      <span>{props.label}</span>
      {props.children}
    </label>
  );
}

function LoginFailure({ failure }: { failure: Failure }): JSX.Element {
  return (
    <div className="jp-TomoLogin-failure" role="alert">
      <b>{failure.message}</b>
      {failure.hint ? <span>{failure.hint}</span> : null}
    </div>
  );
}
