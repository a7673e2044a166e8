/**
 * The side panel.
 */
import { PathExt } from '@jupyterlab/coreutils';
import { VDomRenderer } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React from 'react';

import { redoIcon, tomographyIcon, undoIcon } from '../icons';
import type { IRecipeSession } from '../tokens';
import type { IPanelContext } from './context';
import { PanelContext, usePanel } from './context';
import { Empty } from './empty';
import { JobsSection } from './job-list/list';
import type { PanelModel } from './model';
import { CentreSection } from './sections/centre';
import { DataSection } from './sections/data';
import { FiltersSection } from './sections/filters';
import { OutputSection } from './sections/output';
import { RunSection } from './sections/run';
import { ToolSection } from './sections/tool';
import { SetupSection } from './setup/section';
import { widen } from './width';

export class TomoPanel extends VDomRenderer<PanelModel> {
  constructor(private readonly _context: IPanelContext) {
    super(_context.model);
    const title = _context.trans.__('Tomography');
    this.id = 'jupyterlab-tomo:panel';
    this.title.icon = tomographyIcon;
    this.title.caption = title;
    this.addClass('jp-TomoPanel');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', title);
  }

  protected override render(): JSX.Element {
    return (
      <PanelContext.Provider value={this._context}>
        <PanelContent />
      </PanelContext.Provider>
    );
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._see(this.isVisible);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._see(true);
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._see(false);
  }

  private _see(seen: boolean): void {
    const { model } = this._context;
    model.seen = seen;
    if (seen) {
      void model.isFirstSight().then(first => {
        if (first) {
          // The shell lays its areas out in this frame.
          requestAnimationFrame(() => requestAnimationFrame(() => widen(this)));
        }
      });
    }
  }
}

function PanelContent(): JSX.Element {
  const { model } = usePanel();
  const { session } = model;
  const place = usePlace(session);
  const { dataset, regions, output } = session?.recipe ?? {};
  return (
    <>
      <Header session={session} />
      <div className="jp-TomoPanel-scroll" {...place}>
        {session ? (
          <React.Fragment key={session.path}>
            <Problems session={session} />
            <Still of={[dataset]}>
              {() => <DataSection session={session} />}
            </Still>
            <Still of={[dataset, regions]}>
              {() => <CentreSection session={session} />}
            </Still>
            <FiltersSection session={session} />
            <ToolSection session={session} />
            <Still of={[output]}>
              {() => <OutputSection session={session} />}
            </Still>
            <RunSection session={session} />
          </React.Fragment>
        ) : (
          <Empty />
        )}
        <Still of={[]}>{() => <JobsSection />}</Still>
        <Still of={[]}>{() => <SetupSection />}</Still>
      </div>
    </>
  );
}

/**
 * A section that a slider of another one does not touch: it is drawn again when
 * its own part of the recipe changes, or anything but the recipe.
 *
 * @param of all that it shows of the recipe
 */
function Still({
  of,
  children
}: {
  of: readonly unknown[];
  children: () => JSX.Element;
}): JSX.Element {
  const { model } = usePanel();
  const part = JSON.stringify(of);
  // Not of the children, which are made anew each time.
  return React.useMemo(children, [part, model.turn]);
}

/** A recipe is shown from its top the first time, where data ask for their angles, then where it was left. */
function usePlace(session: IRecipeSession | null): {
  ref: React.RefObject<HTMLDivElement>;
  onScroll: (event: React.UIEvent) => void;
} {
  const ref = React.useRef<HTMLDivElement>(null);
  const places = React.useRef(new WeakMap<IRecipeSession, number>());
  React.useLayoutEffect(() => {
    if (ref.current && session) {
      ref.current.scrollTop = places.current.get(session) ?? 0;
    }
  }, [session]);
  return {
    ref,
    onScroll: ({ currentTarget }) => {
      if (session) {
        places.current.set(session, currentTarget.scrollTop);
      }
    }
  };
}

/** Made once: icons that are rendered write their styles again. */
const UNDO = (
  <undoIcon.react tag="span" elementPosition="center" width="16px" />
);
const REDO = (
  <redoIcon.react tag="span" elementPosition="center" width="16px" />
);

function Header({ session }: { session: IRecipeSession | null }): JSX.Element {
  const { trans } = usePanel();
  return (
    <header className="jp-TomoPanel-header">
      <h2>{trans.__('Tomography')}</h2>
      {session ? (
        <>
          <span className="jp-TomoPanel-file" title={session.path}>
            {PathExt.basename(session.path)}
          </span>
          <button
            type="button"
            className="jp-TomoIconButton"
            aria-label={trans.__('Undo')}
            title={trans.__('Undo')}
            onClick={() => session.undo()}
          >
            {UNDO}
          </button>
          <button
            type="button"
            className="jp-TomoIconButton"
            aria-label={trans.__('Redo')}
            title={trans.__('Redo')}
            onClick={() => session.redo()}
          >
            {REDO}
          </button>
        </>
      ) : null}
    </header>
  );
}

function Problems({
  session
}: {
  session: IRecipeSession;
}): JSX.Element | null {
  const { trans } = usePanel();
  return session.problems.length ? (
    <div className="jp-TomoMessage jp-mod-error" role="alert">
      {session.problems.map(problem => (
        <span key={problem}>{problem}</span>
      ))}
      <span>
        {trans.__(
          'Undo, or correct the text; the panel shows the last recipe that was valid.'
        )}
      </span>
    </div>
  ) : null;
}
