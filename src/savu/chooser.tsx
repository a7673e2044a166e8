/**
 * The catalogue, to add a plugin from.
 */
import React from 'react';

import { KINDS } from './catalogue';
import type { IPlugin } from './catalogue';
import { CatalogueReason } from './catalogue-choice';
import { useEditor } from './context';

export function Chooser(): JSX.Element {
  const { model, trans } = useEditor();
  const [query, setQuery] = React.useState('');
  // In the order in which they are shown: Enter takes the first.
  const found = KINDS.flatMap(({ name }) =>
    model.catalogue.plugins.filter(
      plugin => plugin.kind === name && matches(plugin, query)
    )
  );
  return (
    <div
      className="jp-TomoSavu-chooser"
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          model.adding = false;
        }
      }}
    >
      <input
        className="jp-TomoField jp-mod-wide"
        type="search"
        aria-label={trans.__('Search plugins')}
        placeholder={trans.__('Search plugins')}
        value={query}
        autoFocus
        onChange={event => setQuery(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && found.length > 0) {
            model.add(found[0]);
          }
        }}
      />
      <CatalogueReason />
      {KINDS.map(({ name, title }) => {
        const plugins = found.filter(({ kind }) => kind === name);
        return plugins.length ? (
          <section key={name} aria-label={title}>
            <h3>{title}</h3>
            <ul>
              {plugins.map(plugin => (
                <li key={plugin.id}>
                  <button type="button" onClick={() => model.add(plugin)}>
                    <span className="jp-TomoSavu-title">{plugin.title}</span>
                    <span className="jp-TomoSavu-class">
                      {plugin.name}
                      {plugin.gpu ? ` · ${trans.__('GPU')}` : ''}
                      {plugin.missing?.length
                        ? ` · ${trans.__('%1 is missing', plugin.missing.join(', '))}`
                        : ''}
                    </span>
                    <span className="jp-TomoSavu-help">{plugin.help}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ) : null;
      })}
      {found.length === 0 ? (
        <p className="jp-TomoSavu-none">
          {trans.__('No plugin has this in its name or help.')}
        </p>
      ) : null}
    </div>
  );
}

function matches(plugin: IPlugin, query: string): boolean {
  const text = `${plugin.title} ${plugin.name} ${plugin.help}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}
