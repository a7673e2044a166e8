import {
  applyEdits,
  EditError,
  parseRecipe,
  printJson,
  recipeText,
  textEdits
} from '..';
import type { IRecipeEdit } from '..';

function edited(text: string, ...changes: IRecipeEdit[]): string {
  return applyEdits(text, textEdits(text, changes));
}

const MINE = `{
    "version": 1,
    "filters": [
        {"name":"outliers",   "size": 3},
        { "name": "minus-log" }
    ],
    "output": {
        "folder": "out"
    }
}
`;

describe('textEdits', () => {
  it('replaces a value and nothing else', () => {
    expect(edited(MINE, { path: ['filters', 0, 'size'], value: 5 })).toBe(
      MINE.replace('"size": 3', '"size": 5')
    );
    expect(
      textEdits(MINE, [{ path: ['filters', 0, 'size'], value: 5 }])
    ).toHaveLength(1);
  });

  it('makes no edit for the value that is there', () => {
    expect(
      textEdits(MINE, [{ path: ['filters', 0, 'size'], value: 3 }])
    ).toEqual([]);
    expect(
      textEdits(MINE, [{ path: ['regions', 'roi'], value: undefined }])
    ).toEqual([]);
  });

  it('adds a key in the way of its neighbours', () => {
    expect(edited(MINE, { path: ['filters', 0, 'kind'], value: 'both' })).toBe(
      MINE.replace('"size": 3}', '"size": 3, "kind": "both"}')
    );
    expect(edited(MINE, { path: ['output', 'bits'], value: 32 })).toBe(
      MINE.replace(
        '"folder": "out"\n',
        '"folder": "out",\n        "bits": 32\n'
      )
    );
  });

  it('makes missing parents, at the place that the schema gives them', () => {
    expect(
      edited(MINE, { path: ['regions', 'centre', 'column'], value: 399.4 })
    ).toBe(
      MINE.replace(
        '"version": 1,\n',
        '"version": 1,\n    "regions": { "centre": { "column": 399.4 } },\n'
      )
    );
  });

  it('removes a key and the parents that become empty', () => {
    const text = edited(MINE, {
      path: ['regions', 'centre', 'column'],
      value: 399.4
    });
    expect(
      edited(text, { path: ['regions', 'centre', 'column'], value: undefined })
    ).toBe(MINE);
    expect(edited(MINE, { path: ['output', 'folder'], value: undefined })).toBe(
      MINE.replace(',\n    "output": {\n        "folder": "out"\n    }', '')
    );
  });

  it('leaves an empty list when its last item goes, for that means something', () => {
    const text = '{ "version": 1, "filters": [{ "name": "air" }] }';
    expect(edited(text, { path: ['filters', 0], value: undefined })).toBe(
      '{ "version": 1, "filters": [] }'
    );
    expect(
      edited('{ "version": 1, "filters": [] }', {
        path: ['filters', 0],
        value: { name: 'air' }
      })
    ).toBe(text);
  });

  it('adds and removes items', () => {
    expect(
      edited(MINE, {
        path: ['filters', 2],
        value: { name: 'stripes-sorting', size: 21 }
      })
    ).toBe(
      MINE.replace(
        '{ "name": "minus-log" }\n',
        '{ "name": "minus-log" },\n        { "name": "stripes-sorting", "size": 21 }\n'
      )
    );
    expect(edited(MINE, { path: ['filters', 0], value: undefined })).toBe(
      MINE.replace('{"name":"outliers",   "size": 3},\n        ', '')
    );
    expect(edited(MINE, { path: ['filters', 1], value: undefined })).toBe(
      MINE.replace(',\n        { "name": "minus-log" }', '')
    );
  });

  it('makes several changes, each after the ones before', () => {
    const changes = [
      { path: ['dataset', 'path'], value: 'GRtomo' },
      {
        path: ['dataset', 'angles'],
        value: { first: 0, last: 360, endpoint: true }
      },
      { path: ['filters', 0], value: undefined },
      { path: ['filters', 0, 'floor'], value: 0.01 }
    ];
    const { recipe, problems } = parseRecipe(edited(MINE, ...changes));
    expect(problems).toEqual([]);
    expect(recipe).toEqual({
      version: 1,
      dataset: {
        path: 'GRtomo',
        angles: { first: 0, last: 360, endpoint: true }
      },
      filters: [{ name: 'minus-log', floor: 0.01 }],
      output: { folder: 'out' }
    });
    expect(Object.keys(recipe ?? {})).toEqual([
      'version',
      'dataset',
      'filters',
      'output'
    ]);
  });

  it('keeps tabs and line ends', () => {
    const text = '{\r\n\t"version": 1\r\n}\r\n';
    const values = Array.from({ length: 40 }, (_, i) => i * 4.5);
    const after = edited(text, {
      path: ['dataset', 'angles', 'values'],
      value: values
    });
    expect(after.replaceAll('\r\n', '')).not.toContain('\n');
    expect(after).toContain(
      '\r\n\t"dataset": {\r\n\t\t"angles": {\r\n\t\t\t"values": [\r\n\t\t\t\t0,'
    );
    expect(JSON.parse(after)).toEqual({
      version: 1,
      dataset: { angles: { values } }
    });
  });

  it('writes into an empty object', () => {
    expect(edited('{}', { path: ['version'], value: 1 })).toBe(
      '{\n  "version": 1\n}'
    );
  });

  it('refuses what is no JSON, and paths that lead through a value', () => {
    expect(() =>
      textEdits('{ "version": }', [{ path: ['version'], value: 1 }])
    ).toThrow(EditError);
    expect(() =>
      textEdits(MINE, [{ path: ['version', 'major'], value: 1 }])
    ).toThrow(EditError);
    expect(() => textEdits(MINE, [{ path: [], value: undefined }])).toThrow(
      EditError
    );
  });
});

describe('printJson', () => {
  it('keeps short things on one line', () => {
    expect(recipeText({ dataset: { path: 'a' } })).toBe(`{
  "version": 1,
  "dataset": { "path": "a" },
  "filters": [
    { "name": "outliers", "size": 3, "threshold": 5, "kind": "bright" },
    { "name": "normalise" },
    { "name": "air" },
    { "name": "minus-log" }
  ],
  "reconstruction": { "tool": "builtin", "method": "gridding", "parameters": { "filter": "shepp" }, "mask": 1 },
  "output": { "folder": "processed/{name}_{tool}_{date}", "format": "tiff", "bits": 32 }
}
`);
  });

  it('leaves undefined out', () => {
    expect(
      printJson({ a: undefined, b: [1, { c: undefined }] }, undefined, '', 1)
    ).toBe('{ "b": [1, {}] }');
  });
});
