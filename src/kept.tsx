/**
 * What is folded away while it holds texts that are refused stays there,
 * unseen: they are not in the document, so they would be lost.
 */
import React from 'react';

type Report = (by: number) => void;

const Refused = React.createContext<Report>(() => undefined);

/** Tell what this is folded into how many texts it refuses. */
export function useRefused(count: number): void {
  const report = React.useContext(Refused);
  React.useEffect(() => {
    report(count);
    return () => report(-count);
  }, [count, report]);
}

export interface IKept {
  /** How many texts in it are refused. */
  readonly refused: number;
  /** What is folded, when it is seen or to be kept; it hides itself with `hidden`. */
  readonly keep: (body: () => JSX.Element) => JSX.Element | null;
}

/** @param open whether what is folded is seen */
export function useKept(open: boolean): IKept {
  const outer = React.useContext(Refused);
  const [refused, setRefused] = React.useState(0);
  const report = React.useCallback<Report>(
    by => {
      if (by !== 0) {
        setRefused(count => count + by);
        outer(by);
      }
    },
    [outer]
  );
  return {
    refused,
    keep: body =>
      open || refused > 0 ? (
        <Refused.Provider value={report}>{body()}</Refused.Provider>
      ) : null
  };
}

/**
 * Unfold what hides a field, by the buttons that fold it.
 *
 * @returns whether anything was folded; it is drawn a frame later
 */
export function unfold(field: Element): boolean {
  const folded = field.closest('[hidden]') !== null;
  for (
    let body = field.closest('[hidden]');
    body;
    body = body.parentElement?.closest('[hidden]') ?? null
  ) {
    document
      .querySelector<HTMLElement>(`[aria-controls="${CSS.escape(body.id)}"]`)
      ?.click();
  }
  return folded;
}
