import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../fixtures/cpu-time.ts';
import { languageFor, languageInCell, writeReference, type ReferenceImport } from '../../../../shared/src/index.ts';

function importOf(style: 'environment' | 'get'): ReferenceImport {
  const python = languageFor('python');
  const reference = python && writeReference(python, 'A', { style });
  if (!reference?.import) throw new Error('Python needs an import');
  return reference.import;
}
const os = importOf('environment');
const added = (text: string) => {
  const { offset, text: line } = os.edit(text);
  expect(offset).toBe(os.insertAt(text));
  return text.slice(0, offset) + line + text.slice(offset);
};

describe('import os is seen', () => {
  it.each([
    'import os',
    'import os, sys',
    'import sys, os',
    'import sys ,  os  # both',
    'import os.path',
    'import os as os',
    'import sys; import os',
    '"""doc"""\nx = 1\nimport os\n',
    'import \\\n  os',
    'def f():\n  return "x"\n\n\nimport os\n',
    '%matplotlib inline\n!echo don\'t "\nimport os',
    '%%time\nimport os',
    '# import sys\r\nimport os\r\n',
    'call(\nimport os',
    '\ufeffimport os',
  ])('in %j', (text) => {
    expect(os.isPresent(text)).toBe(true);
  });

  it.each([
    '',
    'import os as o',
    'import os.path as p',
    'import oslo',
    'import so, osx',
    'from os import environ',
    'x = "import os"',
    '"""\nimport os\n"""',
    "'''\nimport os\n'''",
    '# import os',
    'import sys  # import os; import os',
    'def f():\n    import os\n',
    'if TYPE_CHECKING:\n    import os\n',
    'x = """a\\"""\nimport os\n"""',
    'x = (  # (\n"""\nimport os\n""")\n',
    'important = os',
  ])('not in %j', (text) => {
    expect(os.isPresent(text)).toBe(false);
  });

  it('the import of our package is told apart', () => {
    expect(importOf('get').isPresent('import os\nimport datalayer_secrets\n')).toBe(true);
    expect(importOf('get').isPresent('import os\nimport datalayer_secrets as s\n')).toBe(false);
  });
});

describe('the import goes', () => {
  it.each([
    ['to the top', 'x = 1\n', 'import os\nx = 1\n'],
    ['into an empty text', '', 'import os\n'],
    ['before other imports', '\nimport sys\n', '\nimport os\nimport sys\n'],
    [
      'before other imports below comments',
      '# Licence\n\n# them\nimport sys\n',
      '# Licence\n\n# them\nimport os\nimport sys\n',
    ],
    ['after a docstring', '"""doc\n\nimport x\n"""\nx = 1\n', '"""doc\n\nimport x\n"""\nimport os\nx = 1\n'],
    ['after a docstring and before imports', 'r"doc"\n\nimport sys\n', 'r"doc"\n\nimport os\nimport sys\n'],
    ['after a docstring that ends the text', '"""doc"""', '"""doc"""\nimport os'],
    [
      'after imports from __future__',
      '"""doc"""\n\nfrom __future__ import (\n  annotations,\n)\nfrom  __future__ import division # x\nx = 1\n',
      '"""doc"""\n\nfrom __future__ import (\n  annotations,\n)\nfrom  __future__ import division # x\nimport os\nx = 1\n',
    ],
    [
      'after shebang and encoding',
      '#!/usr/bin/python\n# -*- coding: utf-8 -*-\nx = 1\n',
      '#!/usr/bin/python\n# -*- coding: utf-8 -*-\nimport os\nx = 1\n',
    ],
    ['before a comment that belongs to the code below it', '# load\nx = 1\n', 'import os\n# load\nx = 1\n'],
    ['after comments that stand alone', '# Licence\n# more\n\nx = 1\n', '# Licence\n# more\nimport os\n\nx = 1\n'],
    ['after a cell mark', '# %% load\nx = 1\n', '# %% load\nimport os\nx = 1\n'],
    ['after a cell magic', '%%time\nx = 1\n', '%%time\nimport os\nx = 1\n'],
    ['after a cell magic alone', '%%time', '%%time\nimport os'],
    ['after a byte order mark', '\ufeffx = 1\n', '\ufeffimport os\nx = 1\n'],
    ['before line magics', '%pip install x\nx = 1\n', 'import os\n%pip install x\nx = 1\n'],
    [
      'after a line that ends with a carriage return too',
      '"""doc"""\r\nx = 1\r\n',
      '"""doc"""\r\nimport os\nx = 1\r\n',
    ],
    ['not after a string that is no docstring', 'x = 1\n"""no"""\n', 'import os\nx = 1\n"""no"""\n'],
  ])('%s', (_title, text, expected) => {
    expect(added(text)).toBe(expected);
    expect(os.isPresent(expected)).toBe(true);
  });

  it('where Python still compiles the text and keeps its docstring', () => {
    const sources = [
      'x = 1\n',
      '',
      '\n\n',
      '"""doc"""',
      "'doc'\nfrom __future__ import annotations\n",
      '"a" "b"\nfrom __future__ import annotations; x = 1\n',
      '#!/bin/python\n# coding: latin-1\n"""doc"""\nfrom __future__ import annotations\nimport sys\n',
      '# a\n\n# b\n"""d\\""" """\n\nfrom __future__ import (annotations,\n division)\nclass A:\n  "x"\n',
      "'a \\\n b'\nfrom __future__ import division\n",
      'u"""doc"""\r\nx = 1\r\n',
      'import sys\nx = [\n1,\n]\n',
      '@f\ndef f(): pass\n',
      '# only a comment',
      '"""doc"""; x = 1\nfrom sys import path\n',
      'if 1:\n  """x"""\n',
      '\ufeff"""doc"""\nx = 1\n',
    ];
    const script = `
import ast, json, sys
for before, after in json.load(sys.stdin):
    before, after = before.lstrip("\\ufeff"), after.lstrip("\\ufeff")
    compile(before, "before", "exec")
    compile(after, "after", "exec")
    assert ast.get_docstring(ast.parse(before)) == ast.get_docstring(ast.parse(after)), after
    assert any(isinstance(n, ast.Import) and n.names[0].name == "os" for n in ast.parse(after).body), after
print("fine")`;
    const input = JSON.stringify(sources.map((source) => [source, added(source)]));
    expect(execFileSync('python3', ['-I', '-c', script], { input, encoding: 'utf8' })).toBe('fine\n');
  });

  it('in linear time', () => {
    for (const piece of [
      '"',
      "'''",
      '(',
      'import os as o\n',
      'import x,',
      'import ',
      '# %%\n',
      '%\\\n',
      '\n',
      ' ',
      '\\',
      ';',
      'from __future__ import a\n',
    ]) {
      const text = piece.repeat(2_000_000 / piece.length);
      const spent = cpuMs(() => [os.isPresent(text), os.insertAt(text)]);
      expect(spent, piece).toBeLessThan(1500);
    }
  });
});

describe('the language of a notebook cell', () => {
  it.each([
    ['python', 'import os', 'python'],
    ['python', '%%time\nimport os', 'python'],
    ['python', '%%bash\necho', 'shell'],
    ['python', '%%script bash --no-raise-error\necho', 'shell'],
    ['python', '%%R\nx', 'r'],
    ['python', '%%javascript\nx', undefined],
    ['python', '%%html\nx', undefined],
    ['r', '%%bash', 'r'],
    ['cobol', 'x', undefined],
  ])('%s %j is %s', (id, text, expected) => {
    expect(languageInCell(id, text)?.id).toBe(expected);
  });
});
