// @vitest-environment jsdom
import '../setup.ts';
import { CodeEditor } from '@jupyterlab/codeeditor';
import { expect, it } from 'vitest';
import { Anchor } from '../../../../jupyterlab-plugin/src/insert/anchor.ts';

function anchored(source: string, marked: string) {
  const { sharedModel } = new CodeEditor.Model();
  sharedModel.setSource(source);
  const start = source.indexOf(marked);
  return { sharedModel, anchor: new Anchor(sharedModel, { start, end: start + marked.length }) };
}

it('a range stays with its content while the text around it is edited', () => {
  const { sharedModel, anchor } = anchored('a = "sk-1"\n', 'sk-1');
  sharedModel.updateSource(0, 1, 'token');
  sharedModel.updateSource(0, 0, 'import os\n');
  sharedModel.updateSource(sharedModel.getSource().length, sharedModel.getSource().length, 'b = 2');
  expect(anchor.read()).toBe('sk-1');
  sharedModel.updateSource(0, 10);
  expect(anchor.read()).toBe('sk-1');
  expect(anchor.range).toEqual({ start: 9, end: 13 });
});

it('text put right before or right after it does not belong to it', () => {
  const { sharedModel, anchor } = anchored('sk-1', 'sk-1');
  sharedModel.updateSource(0, 0, '"');
  sharedModel.updateSource(5, 5, '"');
  expect(sharedModel.getSource()).toBe('"sk-1"');
  expect(anchor.read()).toBe('sk-1');
});

it.each([
  ['changed', (model: CodeEditor.IModel['sharedModel']) => model.updateSource(6, 7, 'X')],
  ['deleted', (model: CodeEditor.IModel['sharedModel']) => model.updateSource(0, 8)],
  ['written anew', (model: CodeEditor.IModel['sharedModel']) => model.setSource('a = "sk-1"')],
  ['closed', (model: CodeEditor.IModel['sharedModel']) => model.dispose()],
])('nothing is read once it was %s', (_, edit) => {
  const { sharedModel, anchor } = anchored('a = "sk-1"', 'sk-1');
  edit(sharedModel);
  expect(anchor.range).toBeNull();
  expect(anchor.read()).toBe('');
});
