/**
 * One parameter: its name, a field for its kind, and help.
 */
import React from 'react';

import { useDraft } from '../draft';
import { isUsed } from './catalogue';
import type { IParameter } from './catalogue';
import { useEditor } from './context';
import type { Values } from './operations';
import { tuningOf } from './tuned-values';
import { fieldText, kindsOf, misfit, readField } from './values';

/** What a choice offers for several values. */
const SEVERAL = '\u0000several';

export interface IParameterRowProps {
  parameter: IParameter;
  values: Values;
  /** The plugin does not have it: it can only go. */
  removable: boolean;
}

export function ParameterRow(props: IParameterRowProps): JSX.Element {
  const { parameter, values, removable } = props;
  const { model, trans } = useEditor();
  const { name, help, default: standard } = parameter;
  const value = name in values ? values[name] : standard;
  const tuning = tuningOf(name, value, trans);
  const used = isUsed(parameter, values);
  const changed =
    standard !== undefined &&
    JSON.stringify(value) !== JSON.stringify(standard);
  const wrong = removable ? null : misfit(parameter, value, trans);
  return (
    <div
      className={`jp-TomoSavu-parameter${used ? '' : ' jp-mod-unused'}`}
      role="group"
      aria-label={name}
    >
      <span
        className={`jp-TomoSavu-name${changed ? ' jp-mod-changed' : ''}`}
        title={changed ? trans.__('Differs from its default') : undefined}
      >
        {name}
      </span>
      <div className="jp-TomoSavu-value">
        <div className="jp-TomoSavu-control">
          <Control parameter={parameter} value={value} />
          {tuning && 'count' in tuning ? (
            <span className="jp-TomoSavu-tuned">
              {trans._n('%1 value', '%1 values', tuning.count)}
            </span>
          ) : null}
          {changed && !model.readOnly ? (
            <button
              type="button"
              className="jp-TomoLink"
              onClick={() => model.set(name, standard)}
            >
              {trans.__('Restore default')}
            </button>
          ) : null}
          {removable && !model.readOnly ? (
            <button
              type="button"
              className="jp-TomoLink"
              onClick={() => model.set(name, undefined)}
            >
              {trans.__('Remove')}
            </button>
          ) : null}
        </div>
        {wrong ? <p className="jp-TomoSavu-problem">{wrong}</p> : null}
        <p className="jp-TomoHint">
          {help}
          {used ? null : ` ${trans.__('Not used with the other settings.')}`}
        </p>
      </div>
    </div>
  );
}

function Control({
  parameter,
  value
}: {
  parameter: IParameter;
  value: unknown;
}): JSX.Element {
  const { model, trans } = useEditor();
  const [several, setSeveral] = React.useState(false);
  const { name, kinds, options } = parameter;
  const plain = tuningOf(name, value, trans) === null && !several;
  if (plain && options) {
    return (
      <Choice
        parameter={parameter}
        value={value}
        onSeveral={() => setSeveral(true)}
      />
    );
  }
  if (plain && kinds.length === 1 && typeof value === 'boolean') {
    return (
      <input
        type="checkbox"
        aria-label={name}
        checked={value}
        disabled={model.readOnly}
        onChange={event => model.set(name, event.target.checked)}
      />
    );
  }
  return (
    <ValueField
      parameter={parameter}
      value={value}
      focus={several}
      onLeft={() => setSeveral(false)}
    />
  );
}

function Choice({
  parameter,
  value,
  onSeveral
}: {
  parameter: IParameter;
  value: unknown;
  onSeveral: () => void;
}): JSX.Element {
  const { model, trans } = useEditor();
  const options = parameter.options ?? [];
  const at = options.findIndex(option => option === value);
  return (
    <select
      className="jp-TomoField jp-mod-choice"
      aria-label={parameter.name}
      value={at < 0 ? '' : String(at)}
      disabled={model.readOnly}
      onChange={event => {
        if (event.target.value === SEVERAL) {
          onSeveral();
        } else {
          model.set(parameter.name, options[Number(event.target.value)]);
        }
      }}
    >
      {at < 0 ? <option value="">{fieldText(value)}</option> : null}
      {options.map((option, index) => (
        <option key={index} value={String(index)}>
          {option === null ? trans.__('none') : String(option)}
        </option>
      ))}
      <option value={SEVERAL}>{trans.__('several…')}</option>
    </select>
  );
}

function ValueField({
  parameter,
  value,
  focus,
  onLeft
}: {
  parameter: IParameter;
  value: unknown;
  focus: boolean;
  /** It was left, and what was typed was taken. */
  onLeft: () => void;
}): JSX.Element {
  const { model, trans } = useEditor();
  const { name, kinds } = parameter;
  const { input, refusal } = useDraft({
    text: fieldText(value),
    refuse: text => {
      const read = readField(parameter, text, trans);
      return 'problem' in read ? read.problem : '';
    },
    said: true,
    onCommit: text => {
      const read = readField(parameter, text, trans);
      if ('value' in read) {
        model.set(name, read.value);
      }
    }
  });
  const short = kinds.every(kind =>
    ['integer', 'number', 'null'].includes(kind)
  );
  return (
    <>
      <input
        {...input}
        className={`jp-TomoField${short ? ' jp-mod-column' : ' jp-mod-wide'}`}
        aria-label={name}
        title={trans.__(
          '%1; several as 1;2;3; or start:stop:step;',
          kindsOf(parameter, trans)
        )}
        placeholder={kinds.includes('null') ? trans.__('none') : undefined}
        spellCheck={false}
        autoFocus={focus}
        disabled={model.readOnly}
        onBlur={event => {
          input.onBlur?.(event);
          if (!refusal) {
            onLeft();
          }
        }}
      />
      {refusal ? (
        <p className="jp-TomoSavu-problem" role="alert">
          {refusal}
        </p>
      ) : null}
    </>
  );
}
