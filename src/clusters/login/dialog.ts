/**
 * The log-in dialog: it stays open until the cluster is online or the user
 * gives up, and shows in place what went wrong.
 */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ITomoClusters } from '../../tokens';
import { LoginFlow } from './flow';
import { LoginForm } from './form';
import type { IRemembered } from './remembered';

export interface ILoginDialogOptions {
  readonly clusters: Pick<ITomoClusters, 'logIn' | 'answer' | 'logOut'>;
  readonly trans: TranslationBundle;
  readonly resource: string;
  readonly title: string;
  readonly host: string;
  readonly known: IRemembered;
  /** Whether the accepted key of a host can be kept in the settings. */
  readonly canPin: (host: string) => boolean;
  /** Keep it there. */
  readonly pin: (fingerprint: string) => Promise<void>;
}

const CANCEL = 0;
const ACCEPT = 1;

export class LoginDialog extends Dialog<LoginForm> {
  constructor(options: ILoginDialogOptions) {
    const { trans, clusters } = options;
    const flow = new LoginFlow(clusters);
    const form = new LoginForm({ ...options, flow });
    super({
      title: trans.__('Log in to %1', options.title),
      body: form,
      buttons: [
        Dialog.cancelButton(),
        Dialog.okButton({ label: trans.__('Log in') })
      ],
      defaultButton: ACCEPT,
      focusNodeSelector: options.known.user
        ? 'input[type="password"], input[name="key"]'
        : 'input[name="user"]'
    });
    this.addClass('jp-TomoLoginDialog');
    this._flow = flow;
    this._form = form;
    this._trans = trans;
    this._known = options.known;
    this._pin = fingerprint => options.pin(fingerprint);
    flow.changed.connect(this._onStep);
  }

  /** How the user logged in, without secrets. */
  get known(): IRemembered {
    return this._known;
  }

  override resolve(index = ACCEPT): void {
    if (index === CANCEL) {
      this.reject();
    } else {
      void this._accept();
    }
  }

  override reject(): void {
    this._flow.cancel();
    this._form.clear();
    super.reject();
  }

  private _end(): void {
    super.resolve(ACCEPT);
  }

  private async _accept(): Promise<void> {
    const { step } = this._flow;
    switch (step.step) {
      case 'ask': {
        const request = this._form.read();
        this._known = {
          user: request.user ?? '',
          method: request.method,
          key: request.key ?? ''
        };
        await this._flow.logIn(request);
        break;
      }
      case 'host-key':
        // Before the log-in: a connection does not outlive a change of the key that is set.
        await this._flow.trust(
          this._form.pin ? () => this._pin(step.fingerprint) : undefined
        );
        break;
      case 'prompts':
        await this._flow.answer(this._form.readAnswers());
        break;
      case 'busy':
      case 'done':
    }
  }

  private readonly _onStep = (): void => {
    const { step } = this._flow;
    if (step.step === 'done') {
      this._end();
      return;
    }
    const button = this.node.querySelector<HTMLButtonElement>(
      'button.jp-mod-accept'
    );
    const label = button?.querySelector('.jp-Dialog-buttonLabel');
    if (button && label) {
      button.disabled = step.step === 'busy';
      const text =
        step.step === 'host-key'
          ? this._trans.__('Trust and log in')
          : step.step === 'prompts'
            ? this._trans.__('Continue')
            : this._trans.__('Log in');
      label.textContent = text;
      // The dialog gives its buttons this name.
      button.setAttribute('aria-label', text);
    }
    // The fields of the next step are there once React has drawn them.
    requestAnimationFrame(() => {
      if (!this.isDisposed && step === this._flow.step) {
        if (step.step === 'host-key') {
          // Enter pressed once too often must not trust a key.
          this.node
            .querySelector<HTMLButtonElement>('button.jp-mod-reject')
            ?.focus();
        } else if (step.step !== 'busy') {
          this._form.focusNext();
        }
      }
    });
  };

  private readonly _flow: LoginFlow;
  private readonly _form: LoginForm;
  private readonly _trans: TranslationBundle;
  private _known: IRemembered;
  private readonly _pin: ILoginDialogOptions['pin'];
}
