// Schemas -> TypeScript types, standalone validators, and the files that the runner reads.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Ajv from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { compile } from 'json-schema-to-typescript';
import { root } from './root.mjs';

const load = async file =>
  JSON.parse(await readFile(path.join(root, file), 'utf8'));

/** Write only what differs, so that tsc and the bundlers see no change where there is none. */
export async function writeChanged(file, text) {
  const target = path.join(root, file);
  await mkdir(path.dirname(target), { recursive: true });
  const before = await readFile(target, 'utf8').catch(() => null);
  if (before !== text) {
    await writeFile(target, text);
  }
}

/**
 * A schema of a parameter as `$ref` into `definitions` where several methods have the same:
 * validators have one function for it, whatever the number of methods.
 */
function sharing(tools, definitions) {
  const counts = new Map();
  const own = tools.flatMap(tool =>
    tool.methods.flatMap(method => Object.entries(method.schema))
  );
  const keyOf = (name, { engine, ...schema }) =>
    `${name} ${JSON.stringify(schema)}`;
  for (const [name, schema] of own) {
    const key = keyOf(name, schema);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const shared = new Map();
  return ([name, described]) => {
    const { engine, ...schema } = described;
    const key = keyOf(name, described);
    if (counts.get(key) === 1) {
      return [name, schema];
    }
    if (!shared.has(key)) {
      shared.set(key, `parameter-${shared.size + 1}`);
      definitions[shared.get(key)] = schema;
    }
    return [name, { $ref: `#/definitions/${shared.get(key)}` }];
  };
}

/** An if/then for each name, so that an error speaks of the step that was meant. */
function composeRecipe(recipe, steps, tools) {
  const composed = structuredClone(recipe);
  const parameter = sharing(tools, composed.definitions);
  const filter = composed.definitions.filter;
  filter.properties.name.enum = steps.map(step => step.name);
  filter.allOf = steps.map(step => ({
    if: { required: ['name'], properties: { name: { const: step.name } } },
    then: {
      additionalProperties: false,
      properties: { name: {}, enabled: {}, ...step.schema }
    }
  }));
  composed.definitions.reconstruction.allOf = tools.map(tool => ({
    if:
      tool.name === 'builtin'
        ? { properties: { tool: { const: tool.name } } }
        : { required: ['tool'], properties: { tool: { const: tool.name } } },
    then: {
      properties: { method: { enum: tool.methods.map(method => method.name) } },
      allOf: tool.methods.map(method => ({
        if: { properties: { method: { const: method.name } } },
        then: {
          properties: {
            parameters: {
              type: 'object',
              additionalProperties: false,
              properties: Object.fromEntries(
                Object.entries(method.schema).map(parameter)
              )
            }
          }
        }
      }))
    }
  }));
  return composed;
}

/** Types of the steps, one interface a step, and their union as a filter. */
function filterTypes(steps) {
  return {
    title: 'Filter',
    oneOf: steps.map(step => ({
      type: 'object',
      title: step.name,
      required: ['name'],
      additionalProperties: false,
      properties: {
        name: { const: step.name },
        enabled: { type: 'boolean' },
        ...step.schema
      }
    }))
  };
}

const banner =
  '/* Generated from the schemas by `npm run build`; do not edit. */';
const options = {
  bannerComment: banner,
  additionalProperties: false,
  unreachableDefinitions: true,
  format: false
};

function validators(schema, names, { useDefaults = false } = {}) {
  const ajv = new Ajv({
    allErrors: true,
    code: { source: true, esm: true },
    // A function a definition: one of 10,000 lines is more than tsc can follow.
    inlineRefs: false,
    strict: false,
    useDefaults,
    verbose: true
  });
  ajv.addSchema(schema);
  const code = standalone(ajv, names);
  // Code points instead of ajv's runtime module, so that the validators stand alone.
  const alone = code.replaceAll(
    /require\("ajv\/dist\/runtime\/ucs2length"\)\.default/g,
    '(text => [...text].length)'
  );
  return `// @ts-nocheck\n${banner}\n${alone}`;
}

/** What the proxy reads of the plugin's settings; its validator fills in the defaults. */
async function buildClusterTypes(plugin) {
  const cluster = {
    ...plugin.definitions.cluster,
    $id: 'https://jupyterlab-tomo/cluster.schema.json'
  };
  const typed = structuredClone(cluster);
  // After validation the defaults are there; a title would become a type of its own.
  typed.required = Object.keys(typed.properties);
  const { items } = typed.properties.paths;
  for (const described of [typed.properties, items.properties]) {
    Object.values(described).forEach(property => delete property.title);
  }
  await writeChanged(
    'src/proxy/_generated/cluster.ts',
    await compile(typed, 'Cluster', options)
  );
  await writeChanged(
    'src/proxy/_generated/validators.ts',
    validators(cluster, { validateCluster: cluster.$id }, { useDefaults: true })
  );
}

export async function buildTypes() {
  const recipe = await load('src/recipe/recipe.schema.json');
  const { steps } = await load('src/recipe/steps.json');
  const { tools } = await load('src/recipe/tools.json');
  const api = await load('src/api/api.schema.json');
  const composed = composeRecipe(recipe, steps, tools);

  const typed = structuredClone(recipe);
  typed.definitions.filter = filterTypes(steps);
  delete typed.definitions.dataset.properties.angles.oneOf;
  await writeChanged(
    'src/recipe/_generated/recipe.ts',
    await compile(typed, 'Recipe', options)
  );
  await writeChanged(
    'src/recipe/_generated/recipe.schema.json',
    `${JSON.stringify(composed, null, 2)}\n`
  );
  await writeChanged(
    'src/recipe/_generated/validators.ts',
    validators(composed, { validateRecipe: composed.$id })
  );

  const names = Object.keys(api.definitions).filter(name =>
    /^[A-Z]/.test(name)
  );
  await writeChanged(
    'src/api/_generated/api.ts',
    await compile(api, 'Api', options)
  );
  await writeChanged(
    'src/api/_generated/validators.ts',
    validators(
      api,
      Object.fromEntries(
        names.map(name => [
          `validate${name}`,
          `${api.$id}#/definitions/${name}`
        ])
      )
    )
  );

  await buildClusterTypes(await load('schema/plugin.json'));

  const { version } = await load('package.json');
  await writeChanged(
    'src/api/_generated/version.ts',
    `${banner}\nexport const VERSION = '${version}';\n`
  );

  // The runner validates and plans with the same files.
  const shipped = 'tomo_runner/_built';
  await writeChanged(
    `${shipped}/recipe.schema.json`,
    `${JSON.stringify(composed, null, 2)}\n`
  );
  for (const name of [
    'steps.json',
    'tools.json',
    'advice.json',
    'default.tomo.json'
  ]) {
    await writeChanged(
      `${shipped}/${name}`,
      await readFile(path.join(root, 'src/recipe', name), 'utf8')
    );
  }
  await writeChanged(
    `${shipped}/savu.json`,
    await readFile(path.join(root, 'src/savu/catalogue.json'), 'utf8')
  );
}
