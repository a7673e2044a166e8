/**
 * Whose plugins the editor shows, and why when they are the shipped ones.
 */
import { refreshIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { NOWHERE } from './catalogues';
import { useEditor } from './context';

export function CatalogueChoice(): JSX.Element {
  const { model, trans } = useEditor();
  const { catalogues, catalogue } = model;
  const { place, places, pending, reason } = catalogues;
  const facts = catalogue.installed
    ? trans.__(
        'Savu %1, %2 plugins',
        catalogue.version,
        catalogue.plugins.length
      )
    : pending
      ? trans.__('asking its Savu…')
      : place === NOWHERE
        ? trans.__('%1 plugins', catalogue.plugins.length)
        : trans.__('its Savu is not known: shipped catalogue');
  return (
    <span className="jp-TomoSavu-source" title={reason || facts}>
      <label>
        {trans.__('Plugins of')}{' '}
        <select
          className="jp-TomoField"
          value={place}
          onChange={event => catalogues.choose(event.target.value)}
        >
          {places.map(({ name, title }) => (
            <option key={name} value={name}>
              {title || name}
            </option>
          ))}
          <option value={NOWHERE}>{trans.__('the shipped catalogue')}</option>
        </select>
      </label>
      <span role="status">{facts}</span>
      {place === NOWHERE ? null : (
        <button
          type="button"
          className="jp-TomoSavu-icon"
          title={trans.__('Look again')}
          aria-label={trans.__('Look again')}
          disabled={pending}
          onClick={() => catalogues.lookAgain()}
        >
          <refreshIcon.react tag="span" elementPosition="center" />
        </button>
      )}
    </span>
  );
}

/** A paragraph above the plugins to add; nothing while they are those that were asked for. */
export function CatalogueReason(): JSX.Element | null {
  const { model, trans } = useEditor();
  const { reason } = model.catalogues;
  return reason ? (
    <p className="jp-TomoNote">
      {trans.__(
        'These are the plugins of the shipped catalogue, Savu %1.',
        model.catalogue.version
      )}{' '}
      {reason}
    </p>
  ) : null;
}
