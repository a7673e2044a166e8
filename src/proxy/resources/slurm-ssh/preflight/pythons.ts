/** Whether the Pythons that are set can run what they are set for. */
import { isOfAnotherPackage } from '../../../../recipe/lookups';
import { isObject, text } from '../../../files';
import { quote } from '../quote';
import { program } from '../slurm/batch';
import type { Report, Said } from './report';

type Pythons = Readonly<Record<string, string>>;

/** Runs on any Python, also one that is too old. */
const PROBE = `
import json, sys
def brought(name):
    from importlib import metadata
    found = metadata.entry_points()
    group = "jupyterlab_tomo.tools"
    tools = found.select(group=group) if hasattr(found, "select") else found.get(group, [])
    return "yes" if any(tool.name == name for tool in tools) else "no"
def version(name):
    try:
        if "-" in name:
            return brought(name)
        return str(getattr(__import__(name), "__version__", "yes"))
    except Exception as error:
        return "no: " + type(error).__name__
found = dict((name, version(name)) for name in sys.argv[1:])
found["python"] = "%d.%d.%d" % sys.version_info[:3]
print(json.dumps(found))
`;

const OWN = ['numpy', 'h5py'];
/** Modules of what is no tool with a module of its name. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  default: OWN,
  agent: OWN,
  builtin: OWN,
  command: OWN
};

/** Lines of a script that probe every Python; \`say\` is there. */
export function probeLines(pythons: Pythons): string[] {
  return entriesOf(pythons).map(([tool, python]) => {
    const modules = modulesOf(tool).map(quote).join(' ');
    return `say ${quote(`python.${tool}`)} "$(${program(python)} -c ${quote(PROBE)} ${modules} 2>&1 | tail -n 1)"`;
  });
}

/** @param where - as \`on node1\`. */
export function judgePythons(
  report: Report,
  said: Said,
  pythons: Pythons,
  where: string
): void {
  for (const [tool, python] of entriesOf(pythons)) {
    const title = tool === 'default' ? 'Python' : `Python for ${tool}`;
    const about = { name: `python-${tool}`, title, tool, python, where };
    judgePython(report, said.one(`python.${tool}`), about);
  }
}

interface IAbout {
  readonly name: string;
  readonly title: string;
  readonly tool: string;
  readonly python: string;
  readonly where: string;
}

/** @param told - what the probe printed. */
export function judgePython(report: Report, told: string, about: IAbout): void {
  const { name, title, tool, python, where } = about;
  const found = parse(told);
  const version = found ? (text(found, 'python') ?? '') : '';
  if (!found || !version) {
    report.fail(
      name,
      title,
      `${python} does not run ${where}: ${told || 'it said nothing'}.`,
      'Set the path of a Python 3.9 or newer with numpy, or load one in the prelude.'
    );
    return;
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 3 || (major === 3 && minor < 9)) {
    report.fail(
      name,
      title,
      `${python} is Python ${version} ${where}.`,
      'Python 3.9 or newer is needed: load a newer module in the prelude, or set the path of another.'
    );
    return;
  }
  const modules = modulesOf(tool).map(
    module => [module, text(found, module) ?? 'no'] as const
  );
  const present = modules.filter(([, value]) => !value.startsWith('no'));
  const missing = modules
    .filter(([, value]) => value.startsWith('no'))
    .map(([module]) => module);
  const list = present.map(([module, value]) => `${module} ${value}`);
  const here = `Python ${version} ${where}${list.length > 0 ? ` with ${list.join(', ')}` : ''}`;
  if (missing.length === 0) {
    report.ok(name, title, `${here}.`);
    return;
  }
  const without = `${here}, without ${missing.join(' and ')}.`;
  const install = missing.some(isOfAnotherPackage)
    ? `Install the package that has the tool ${tool} into it, or set another Python.`
    : `Install it with \`${python} -m pip install --user ${missing.join(' ')}\`, or set another Python.`;
  // TIFF data are read without h5py.
  if (missing.length === 1 && missing[0] === 'h5py') {
    report.warn(name, title, without, `HDF5 data cannot be read. ${install}`);
  } else {
    report.fail(name, title, without, install);
  }
}

function modulesOf(tool: string): readonly string[] {
  return MODULES[tool] ?? ['numpy', tool];
}

/** \`default\` comes first, and is always there; what is no name of a tool is left out. */
function entriesOf(pythons: Pythons): [string, string][] {
  const { default: usual, ...others } = pythons;
  const named = Object.entries(others).filter(
    ([tool, python]) => /^[A-Za-z][\w-]*$/.test(tool) && python
  );
  return [['default', usual || 'python3'], ...named];
}

function parse(told: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(told);
    return isObject(parsed) ? parsed : null;
  } catch {
    // Not our line: what stands there tells why.
    return null;
  }
}
