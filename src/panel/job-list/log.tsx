/**
 * The log of a job: follows its end while it is at the end.
 */
import React from 'react';

import type { Job } from '../../api';
import { failureOf } from '../../api';
import { failureSentence } from '../../field-names';
import { isActive } from '../../job-words';
import { usePanel } from '../context';

/** Characters that are kept. */
const KEPT = 256 * 1024;
/** Between two looks while the job goes on, in ms. */
const PAUSE = 1000;

export function JobLog({ job }: { job: Job }): JSX.Element {
  const { model, trans } = usePanel();
  const { jobs } = model;
  const [text, setText] = React.useState<string | null>(null);
  const [error, setError] = React.useState('');
  const box = React.useRef<HTMLPreElement>(null);
  const atEnd = React.useRef(true);
  const active = isActive(job);
  const offset = React.useRef(0);

  React.useEffect(() => {
    let stopped = false;
    let timer = 0;
    const read = async (): Promise<void> => {
      try {
        for (;;) {
          const chunk = await jobs.log(job.id, offset.current);
          if (stopped) {
            return;
          }
          const jump = chunk.size - KEPT;
          if (jump > chunk.offset) {
            offset.current = jump;
            setText('');
            continue;
          }
          const before = offset.current;
          offset.current = chunk.offset;
          setText(old => ((old ?? '') + chunk.text).slice(-KEPT));
          setError('');
          if (chunk.offset >= chunk.size || chunk.offset === before) {
            break;
          }
        }
      } catch (reason) {
        if (!stopped) {
          setError(failureSentence(failureOf(reason), trans));
        }
      }
      if (!stopped && active) {
        timer = window.setTimeout(() => void read(), PAUSE);
      }
    };
    void read();
    return () => {
      stopped = true;
      window.clearTimeout(timer);
    };
  }, [jobs, job.id, active, trans]);

  React.useLayoutEffect(() => {
    if (box.current && atEnd.current) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [text]);

  return (
    <pre
      className="jp-TomoLog"
      ref={box}
      tabIndex={0}
      aria-label={trans.__('Log of %1', job.name)}
      onScroll={event => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        atEnd.current = scrollHeight - scrollTop - clientHeight < 20;
      }}
    >
      {error ||
        (text === null
          ? trans.__('Reading…')
          : text ||
            (active
              ? trans.__('Nothing was written yet.')
              : trans.__('Nothing was written.')))}
    </pre>
  );
}
