/** The process behind an agent, wherever it runs. */
import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

import { messageOf } from '../failure';

/** Milliseconds that an agent has to end after its input has ended. */
const FAREWELL = 1_500;
/** Milliseconds until a child says hello. */
const HANDSHAKE = 30_000;

export interface IAgentProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** How it ended, as the end of a sentence; resolves once, after its last output. */
  readonly ended: Promise<string>;
  /** Milliseconds until it must have said hello. */
  readonly handshake: number;
  /** What to do when it has died. */
  readonly hint: string;
  /** Where it runs, as people name it; empty: on this machine. */
  readonly place: string;
  /** Its input ends, and then it is given a moment. */
  end(): void;
  /** It is of no use any more. */
  kill(): void;
}

/** Starts the agent of a user that sees a resource's files. */
export type StartAgent = (
  user: string,
  resource: string
) => Promise<IAgentProcess>;

export interface IAgentCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** An agent as a child of this process, in a process group of its own. */
export function spawnAgent(command: IAgentCommand): IAgentProcess {
  const child = spawn(command.program, command.args, {
    env: command.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true
  });
  const kill = (): void => {
    if (child.pid === undefined || child.exitCode !== null) {
      return;
    }
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself (macOS says so by refusing).
    }
  };
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended: new Promise(resolve => {
      child.on('error', error =>
        resolve(`it could not be started: ${messageOf(error)}`)
      );
      child.on('close', (code, signal) =>
        resolve(
          signal
            ? `it was ended by ${signal}`
            : `it ended with code ${code ?? '?'}`
        )
      );
    }),
    handshake: HANDSHAKE,
    hint: 'Try again: a fresh one starts with the next request.',
    place: '',
    end: () => {
      child.stdin.end();
      setTimeout(kill, FAREWELL).unref();
    },
    kill
  };
}
