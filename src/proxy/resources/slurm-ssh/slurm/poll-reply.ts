/** What a poll's script printed, taken apart by its marks. */
import { parseAccounts, type IAccount } from './accounts';
import { parseQueue, type IQueueRow } from './queue';

/** A growing file's new bytes. */
export interface IGrown {
  readonly file: string;
  readonly from: number;
  readonly bytes: Buffer;
}

/** What was seen of one job's folder. */
export interface IFolderSeen {
  readonly gone: boolean;
  complete: boolean;
  /** status.json of the job, and of each task by its number. */
  readonly statuses: Map<string, string>;
  readonly grown: IGrown[];
}

export interface IPollReply {
  /** null: the scheduler did not answer; `said` tells what it said instead. */
  readonly queue: IQueueRow[] | null;
  /** null: accounting did not answer; empty when it was not asked. */
  readonly accounts: IAccount[] | null;
  readonly said: string;
  /** Jobs that wait, most urgent first, as squeue prints them; empty: not asked. */
  readonly waiting: string;
  /** Our own number. */
  readonly uid: string;
  /** By the job's place in the poll. */
  readonly folders: ReadonlyMap<number, IFolderSeen>;
}

/** @param jobs - those that the script was made for, in its order. */
export function parsePoll(
  output: string,
  mark: string,
  jobs: readonly { readonly folder: string }[]
): IPollReply {
  const folders = new Map<number, IFolderSeen>();
  /** Whose file it is, and its path in that job's folder. */
  const owner = (file: string): [IFolderSeen | undefined, string] => {
    const at = jobs.findIndex(job => file.startsWith(`${job.folder}/`));
    return [folders.get(at), file.slice((jobs[at]?.folder.length ?? 0) + 1)];
  };
  let queue: IQueueRow[] | null = null;
  let accounts: IAccount[] | null = [];
  let [said, waiting, uid] = ['', '', ''];
  let folder: IFolderSeen | undefined;
  for (const part of output.split(`${mark} `).slice(1)) {
    const end = part.indexOf('\n');
    const [word, ...rest] = part.slice(0, end).split(' ');
    const body = part.slice(end + 1);
    switch (word) {
      case 'queue':
        queue = rest[0] === '0' ? parseQueue(body) : null;
        said = queue ? said : body.trim();
        break;
      case 'waiting':
        waiting = body;
        break;
      case 'accounts':
        accounts = rest[0] === '0' ? parseAccounts(body) : null;
        said = accounts ? said : said || body.trim();
        break;
      case 'uid':
        uid = rest[0] ?? '';
        break;
      case 'job':
      case 'gone':
        folder = {
          gone: word === 'gone',
          complete: false,
          statuses: new Map(),
          grown: []
        };
        folders.set(Number(rest[0]), folder);
        break;
      case 'complete':
        if (folder) {
          folder.complete = true;
        }
        break;
      case 'status': {
        const [seen, file] = owner(rest.join(' '));
        seen?.statuses.set(file, body);
        break;
      }
      case 'grown': {
        const [seen, file] = owner(rest.slice(2).join(' '));
        const bytes = Buffer.from(body, 'base64');
        seen?.grown.push({ from: Number(rest[0]), file, bytes });
        break;
      }
    }
  }
  return { queue, accounts, said, waiting, uid, folders };
}
