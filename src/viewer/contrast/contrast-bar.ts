/**
 * Fields of levels and look, and the value under the pointer.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { button, choice, element } from '../dom';
import { short } from '../format';
import { MAP_NAMES, SCALE_NAMES } from '../pixels/colours';
import type { IHover } from '../pixels/image-view';
import type { ContrastModel } from './model';
import { numberField } from './number-field';

export class ContrastBar extends Widget {
  constructor(
    private readonly contrast: ContrastModel,
    trans: TranslationBundle,
    auto: string = trans.__('Levels from the central 99.8 % of the values (A)')
  ) {
    super();
    this.addClass('jp-tomo-viewer-contrast');
    this._low = numberField(trans.__('Value shown darkest'), low =>
      contrast.setLevels({ ...contrast.levels, low }, false)
    );
    this._high = numberField(trans.__('Value shown brightest'), high =>
      contrast.setLevels({ ...contrast.levels, high }, false)
    );
    this._auto = button(trans.__('Auto'), auto, () => contrast.askAuto());
    this._map = choice(
      trans.__('Colour map'),
      MAP_NAMES.map(name => [name, name] as const),
      map => contrast.setLook({ map })
    );
    this._invert = button(trans.__('Invert'), trans.__('Invert (I)'), () =>
      contrast.setLook({ invert: !contrast.look.invert })
    );
    this._scale = choice(
      trans.__('Scale of values'),
      SCALE_NAMES.map(name => [name, name] as const),
      scale => contrast.setLook({ scale })
    );
    this._missing.hidden = true;
    this.node.append(
      this._low.node,
      this._high.node,
      this._unit,
      this._auto,
      this._map,
      this._invert,
      this._scale,
      this._missing,
      this._hover
    );
    this._missingText = count =>
      trans._n('%1 value is not a number', '%1 values are not numbers', count);
    contrast.changed.connect(this._update);
    this._update();
  }

  setUnit(unit: string): void {
    this._unit.textContent = unit;
  }

  /** Say how many values are shown in the signal colour. */
  setMissing(count: number): void {
    this._missing.hidden = count === 0;
    this._missing.textContent = this._missingText(count);
  }

  setHover(hover: IHover | null): void {
    this._hover.replaceChildren();
    if (hover) {
      const value = element('b', '', short(hover.value, 6));
      this._hover.append(`x ${hover.x}  y ${hover.y}  = `, value);
    }
  }

  override dispose(): void {
    this.contrast.changed.disconnect(this._update);
    super.dispose();
  }

  private readonly _update = (): void => {
    const { levels, look, automatic } = this.contrast;
    this._low.set(levels.low);
    this._high.set(levels.high);
    this._map.value = look.map;
    this._scale.value = look.scale;
    this._invert.setAttribute('aria-pressed', String(look.invert));
    this._auto.setAttribute('aria-pressed', String(automatic));
  };

  private readonly _low: ReturnType<typeof numberField>;
  private readonly _high: ReturnType<typeof numberField>;
  private readonly _unit = element('span', 'jp-tomo-viewer-unit');
  private readonly _auto: HTMLButtonElement;
  private readonly _map: HTMLSelectElement;
  private readonly _invert: HTMLButtonElement;
  private readonly _scale: HTMLSelectElement;
  private readonly _missing = element('span', 'jp-tomo-viewer-missing');
  private readonly _missingText: (count: number) => string;
  private readonly _hover = element('span', 'jp-tomo-viewer-hover');
}
