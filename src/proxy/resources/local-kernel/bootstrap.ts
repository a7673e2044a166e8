/**
 * The code that a kernel executes. The text is fixed: what differs between
 * jobs goes in as base64 of JSON, so that no path or name can become code.
 *
 * The kernel holds the runner by a pipe: when the kernel goes, the runner
 * reads the end of its input and stops at the next slice; an interrupt closes
 * the pipe, and ten seconds later the runner is killed. The bootstrap keeps
 * to Python that old kernels read too, so that it can say what is missing.
 */
import type { JsonObject } from '../../files';

/** What the bootstrap of a job is told. */
export interface IBootstrap {
  /** Absolute job folder. */
  folder: string;
  /** Goes first on PYTHONPATH of the child. */
  runtime: string;
  attempt: number;
  /** Name of the kernelspec, for messages. */
  kernel: string;
}

/** What the probe of a kernelspec is told. */
export interface IProbe {
  /** File to write the answer to. */
  answer: string;
  nonce: string;
}

export function jobCode(options: IBootstrap): string {
  return `${COMMON}\n${JOB}\n${call('_tomo_job', { ...options })}`;
}

export function probeCode(options: IProbe): string {
  return `${COMMON}\n${PROBE}\n${call('_tomo_probe', { ...options })}`;
}

function call(name: string, options: JsonObject): string {
  const encoded = Buffer.from(JSON.stringify(options), 'utf8').toString(
    'base64'
  );
  return `${name}(_tomo_options("${encoded}"))\n`;
}

const COMMON = `
def _tomo_options(text):
    import base64, json
    return json.loads(base64.b64decode(text).decode("utf-8"))


def _tomo_write(path, value):
    import json, os
    aside = path + "." + str(os.getpid()) + ".part"
    with open(aside, "w") as file:
        json.dump(value, file)
    os.replace(aside, path)


def _tomo_about():
    import platform, socket, sys
    versions = {}
    try:
        from importlib import metadata
    except ImportError:
        metadata = None
    for name in ("numpy", "h5py"):
        try:
            versions[name] = metadata.version(name) if metadata else None
        except Exception:
            versions[name] = None
    return {
        "python": sys.executable,
        "version": platform.python_version(),
        "old": sys.version_info < (3, 9),
        "host": socket.gethostname(),
        "numpy": versions["numpy"],
        "h5py": versions["h5py"],
    }
`.trim();

const PROBE = `
def _tomo_probe(options):
    about = _tomo_about()
    about["nonce"] = options["nonce"]
    _tomo_write(options["answer"], about)
`.trim();

const JOB = `
def _tomo_job(options):
    import os, signal, subprocess, sys, time

    folder = options["folder"]
    about = _tomo_about()
    attempt = {
        "attempt": options["attempt"],
        "host": about["host"],
        "kernel": os.getpid(),
        "python": about["python"],
        "started": time.time(),
    }

    def file(name):
        return os.path.join(folder, name)

    def note(**more):
        attempt.update(more)
        _tomo_write(file("attempt.json"), attempt)

    def refuse(code, message, hint):
        failure = {"code": code, "message": message, "where": "kernel " + options["kernel"], "hint": hint}
        note(ended={"code": None, "failure": failure})
        print(message)

    if about["old"]:
        return refuse(
            "python-too-old",
            "Kernel " + options["kernel"] + " has Python " + about["version"] + "; 3.9 or newer is needed.",
            "Choose another kernel.",
        )
    if about["numpy"] is None:
        return refuse(
            "numpy-missing",
            "numpy is missing in the environment of kernel " + options["kernel"] + ".",
            "Install it there (pip install numpy) or choose another kernel.",
        )

    environment = dict(os.environ)
    paths = [options["runtime"], environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    environment["PYTHONUNBUFFERED"] = "1"
    try:
        with open(file("stdout.log"), "ab") as out, open(file("stderr.log"), "ab") as err:
            child = subprocess.Popen(
                [sys.executable, "-m", "tomo_runner", "job", folder],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
    except OSError as error:
        return refuse("runner-not-started", "The runner could not be started: " + str(error) + ".", "See whether " + sys.executable + " works.")
    note(child=child.pid)

    def end(number):
        try:
            os.killpg(child.pid, number)
        except OSError:
            pass

    try:
        position = os.path.getsize(file("events.jsonl"))
    except OSError:
        position = 0
    said = time.time()
    deadline = None
    while True:
        try:
            if child.poll() is not None:
                break
            try:
                child.wait(0.25)
            except subprocess.TimeoutExpired:
                pass
            try:
                with open(file("events.jsonl"), "rb") as events:
                    events.seek(position)
                    lines = events.read(65536)
            except OSError:
                lines = b""
            lines = lines[: lines.rfind(b"\\n") + 1]
            if lines:
                position += len(lines)
                said = time.time()
                sys.stdout.write(lines.decode("utf-8", "replace"))
                sys.stdout.flush()
            elif time.time() - said > 10:
                said = time.time()
                sys.stdout.write("{}\\n")
                sys.stdout.flush()
            if deadline is not None and time.time() > deadline:
                end(signal.SIGKILL)
        except KeyboardInterrupt:
            # A user cancels (then the cancel file is there), or the server ends its kernels.
            if deadline is None:
                deadline = time.time() + 10
                child.stdin.close()
    # What the runner started itself must not outlive it.
    end(signal.SIGKILL)
    note(ended={"code": child.returncode})
`.trim();
