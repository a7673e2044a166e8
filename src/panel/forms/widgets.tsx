/**
 * Controls of the forms: a slider where a number has a default and two bounds, a choice and a switch.
 */
import type { RegistryWidgetsType, WidgetProps } from '@rjsf/utils';
import React from 'react';

import { choiceName } from '../../choice-names';
import type { IParameterSchema } from '../../recipe';
import { usePanel } from '../context';

/** Range of a slider at most. */
const WIDEST = 1000;

/** Name of the control for a parameter. */
export function widgetFor(parameter: IParameterSchema): string {
  if (parameter.enum) {
    return 'tomoChoice';
  }
  const number = parameter.type === 'number' || parameter.type === 'integer';
  if (!number) {
    return parameter.type === 'boolean' ? 'tomoSwitch' : 'tomoText';
  }
  const { minimum, maximum } = parameter;
  // On a wide range no hand meets a value, and a slider cannot say that there is none.
  return parameter.default !== undefined &&
    minimum !== undefined &&
    maximum !== undefined &&
    maximum - minimum <= WIDEST
    ? 'tomoSlider'
    : 'tomoNumber';
}

/** A slider goes no further than so many times the default. */
const FAR = 10;

/** Where a slider ends and how it steps, when that is not what the schema has. */
export interface ISliderRange {
  readonly maximum: number;
  readonly step: number;
}

/** Step of a slider: whole numbers, or a hundredth of the range as a power of ten. */
export function sliderStep(
  minimum: number,
  maximum: number,
  integer: boolean
): number {
  return integer ? 1 : 10 ** Math.floor(Math.log10((maximum - minimum) / 50));
}

/**
 * Where a slider ends: a hand that tunes needs fine steps about the default
 * more than it needs the far end, which the field beside it takes.
 */
export function sliderEnd(parameter: IParameterSchema): number {
  const most = parameter.maximum ?? 1;
  const usual = parameter.type === 'number' ? Number(parameter.default) : 0;
  return usual > 0 ? Math.min(most, FAR * usual) : most;
}

/** A text field whose draft is handed on while it is a number, or as it is to be refused. */
function NumberInput(props: WidgetProps): JSX.Element {
  const { id, label, rawErrors, schema, onChange } = props;
  const value: unknown = props.value;
  const shown =
    typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  const [draft, setDraft] = React.useState<string | null>(null);
  const field = React.useRef<HTMLInputElement>(null);
  const refusal = rawErrors?.join(' ') ?? '';
  // Whoever runs the recipe finds it by this.
  React.useEffect(() => field.current?.setCustomValidity(refusal), [refusal]);
  return (
    <input
      ref={field}
      id={id}
      className="jp-TomoField jp-mod-number"
      aria-label={label}
      aria-invalid={refusal !== ''}
      title={refusal || (schema.description ?? label)}
      inputMode="decimal"
      value={draft ?? shown}
      onChange={event => {
        const text = event.target.value;
        setDraft(text);
        const number = Number(text.replace(',', '.'));
        if (text.trim() === '') {
          // The key goes; where there is a default, that holds then.
          onChange(undefined);
        } else {
          onChange(Number.isFinite(number) ? number : text);
        }
      }}
      onBlur={() => setDraft(null)}
    />
  );
}

/** A text field as wide as there is room. */
function Text(props: WidgetProps): JSX.Element {
  const { id, label, placeholder, options, onChange } = props;
  const value: unknown = props.value;
  return (
    <input
      id={id}
      className="jp-TomoField jp-mod-wide"
      aria-label={label}
      spellCheck={false}
      autoComplete="off"
      placeholder={placeholder}
      title={typeof value === 'string' && value ? value : placeholder}
      value={typeof value === 'string' ? value : ''}
      onChange={event =>
        onChange(
          event.target.value === '' ? options.emptyValue : event.target.value
        )
      }
    />
  );
}

function Slider(props: WidgetProps): JSX.Element {
  const { label, schema, options, onChange } = props;
  const value: unknown = props.value;
  const minimum = schema.minimum ?? 0;
  const maximum =
    typeof options.maximum === 'number'
      ? options.maximum
      : (schema.maximum ?? 1);
  const step =
    typeof options.step === 'number'
      ? options.step
      : sliderStep(minimum, maximum, schema.type === 'integer');
  return (
    <>
      <input
        type="range"
        className="jp-TomoSlider"
        aria-label={label}
        title={schema.description ?? label}
        min={minimum}
        max={maximum}
        step={step}
        value={typeof value === 'number' ? value : minimum}
        onChange={event => onChange(Number(event.target.value))}
      />
      <NumberInput {...props} />
    </>
  );
}

function Choice({
  id,
  value,
  label,
  schema,
  onChange
}: WidgetProps): JSX.Element {
  const { trans } = usePanel();
  const options: unknown[] = schema.enum ?? [];
  return (
    <select
      id={id}
      className="jp-TomoField jp-mod-choice"
      aria-label={label}
      value={String(options.indexOf(value))}
      onChange={event => onChange(options[Number(event.target.value)])}
    >
      {options.map((option, index) => (
        <option key={String(option)} value={String(index)}>
          {choiceName(option, trans)}
        </option>
      ))}
    </select>
  );
}

/** A box to tick; the row has its label and the help already. */
function Switch({ id, value, label, onChange }: WidgetProps): JSX.Element {
  return (
    <input
      id={id}
      type="checkbox"
      aria-label={label}
      checked={value === true}
      onChange={event => onChange(event.target.checked)}
    />
  );
}

export const WIDGETS: RegistryWidgetsType = {
  tomoNumber: NumberInput,
  tomoText: Text,
  tomoSlider: Slider,
  tomoChoice: Choice,
  tomoSwitch: Switch
};
