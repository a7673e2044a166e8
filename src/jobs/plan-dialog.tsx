/**
 * What a submission would do, shown before it is made.
 */
import { Clipboard, Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { SubmissionPlan } from '../api';
import { failureOf } from '../api';
import { failureSentence } from '../field-names';
import { folderWords } from '../job-words';
import { formatBytes, formatSeconds } from '../quantities';

/** "4 tasks on SCARF. One task would take 38 min." */
export function planSentence(
  plan: SubmissionPlan,
  where: string,
  trans: TranslationBundle
): string {
  const tasks = trans._n('%1 task on %2', '%1 tasks on %2', plan.tasks, where);
  return [`${tasks}.`, plan.reason].filter(Boolean).join(' ');
}

/** Label and value of what is worth knowing, in the order of the run. */
export function planFacts(
  plan: SubmissionPlan,
  trans: TranslationBundle
): [string, string][] {
  const facts: [string, string][] = [[trans.__('Data'), dataText(plan, trans)]];
  facts.push([
    trans.__('Result'),
    trans.__(
      '%1 into %2',
      formatBytes(plan.outputBytes),
      folderWords(plan.output, trans)
    )
  ]);
  facts.push([
    trans.__('Free there'),
    plan.freeBytes === null
      ? trans.__('the cluster does not say')
      : formatBytes(plan.freeBytes)
  ]);
  facts.push([
    trans.__('A task takes'),
    plan.seconds === null
      ? trans.__('%1 memory, time not yet known', formatBytes(plan.memory))
      : trans.__(
          '%1 memory, about %2',
          formatBytes(plan.memory),
          formatSeconds(plan.seconds)
        )
  ]);
  return facts;
}

function dataText(plan: SubmissionPlan, trans: TranslationBundle): string {
  const { upload } = plan;
  if (upload && upload.bytes > 0) {
    return trans._n(
      '%1 file, %2, are copied from %3 to %4',
      '%1 files, %2, are copied from %3 to %4',
      upload.files,
      formatBytes(upload.bytes),
      upload.from,
      upload.to
    );
  }
  switch (plan.data) {
    case 'here':
      return trans.__('on this server');
    case 'mapped':
      return trans.__('seen by the cluster: nothing is copied');
    case 'remote':
      return trans.__('on the cluster already');
    case 'upload':
      return trans.__('copied before: nothing is missing there');
  }
}

export interface IScriptProps {
  readonly script: string;
  readonly command: string;
  readonly trans: TranslationBundle;
}

/** Command line and batch script, to read and to copy. */
export function Script({ script, command, trans }: IScriptProps): JSX.Element {
  return (
    <>
      <Block title={trans.__('Command line')} text={command} trans={trans} />
      {script ? (
        <Block title={trans.__('Batch script')} text={script} trans={trans} />
      ) : null}
    </>
  );
}

function Block(props: {
  title: string;
  text: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { title, text, trans } = props;
  return (
    <div className="jp-TomoBlock">
      <div className="jp-TomoBlock-head">
        <h4>{title}</h4>
        <button
          type="button"
          className="jp-TomoLink"
          onClick={() => Clipboard.copyToSystem(text)}
        >
          {trans.__('copy')}
        </button>
      </div>
      <pre tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </div>
  );
}

/** What the user wants of a submission that was shown. */
export interface IPlanWish {
  /** Data that are there already are compared by content, too. */
  checksum: boolean;
}

export interface IPlanBodyProps {
  plan: SubmissionPlan;
  where: string;
  trans: TranslationBundle;
  /** The plan made anew. */
  again: (checksum: boolean) => Promise<SubmissionPlan>;
  onChecksum: (checksum: boolean) => void;
}

/** A plan, and what may be chosen about its copies. */
export function PlanBody(props: IPlanBodyProps): JSX.Element {
  const { where, trans, again, onChecksum } = props;
  const [plan, setPlan] = React.useState(props.plan);
  const [checksum, setChecksum] = React.useState(false);
  const [busy, setBusy] = React.useState(false);
  const [wrong, setWrong] = React.useState('');
  const choose = async (wanted: boolean): Promise<void> => {
    setChecksum(wanted);
    onChecksum(wanted);
    setBusy(true);
    setWrong('');
    try {
      setPlan(await again(wanted));
    } catch (reason) {
      setWrong(failureSentence(failureOf(reason), trans));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="jp-TomoPlan" aria-busy={busy}>
      <p className="jp-TomoPlan-sentence">{planSentence(plan, where, trans)}</p>
      {plan.warnings.length ? (
        <ul className="jp-TomoWarnings">
          {plan.warnings.map(warning => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      ) : null}
      <dl>
        {planFacts(plan, trans).map(([label, value]) => (
          <React.Fragment key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
      {plan.data === 'upload' ? (
        <label className="jp-TomoPlan-choice">
          <input
            type="checkbox"
            checked={checksum}
            disabled={busy}
            onChange={event => void choose(event.target.checked)}
          />
          {busy
            ? trans.__('Comparing…')
            : trans.__(
                'Compare what is there already by its content, not only by size and time'
              )}
        </label>
      ) : null}
      {wrong ? (
        <p className="jp-TomoPlan-wrong" role="alert">
          {wrong}
        </p>
      ) : null}
      <Script script={plan.script} command={plan.command} trans={trans} />
    </div>
  );
}

/** Show a plan; null when the user does not want it submitted. */
export async function showPlan(
  plan: SubmissionPlan,
  where: string,
  trans: TranslationBundle,
  again: (checksum: boolean) => Promise<SubmissionPlan>
): Promise<IPlanWish | null> {
  const wish: IPlanWish = { checksum: false };
  const body = ReactWidget.create(
    <PlanBody
      plan={plan}
      where={where}
      trans={trans}
      again={again}
      onChecksum={checksum => {
        wish.checksum = checksum;
      }}
    />
  );
  const dialog = new WideDialog({
    title: trans.__('What will run'),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Close') }),
      Dialog.okButton({ label: trans.__('Submit') })
    ]
  });
  const { button } = await dialog.launch();
  return button.accept ? wish : null;
}

/** Show the batch script and command line of a job that was submitted. */
export async function showScript(
  name: string,
  { script, command, trans }: IScriptProps
): Promise<void> {
  const body = ReactWidget.create(
    <div className="jp-TomoPlan">
      <Script script={script} command={command} trans={trans} />
    </div>
  );
  const dialog = new WideDialog({
    title: name,
    body,
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
  await dialog.launch();
}

/** Scripts are wide. */
class WideDialog extends Dialog<unknown> {
  constructor(options: Partial<Dialog.IOptions<unknown>>) {
    super(options);
    this.addClass('jp-TomoWideDialog');
  }
}
