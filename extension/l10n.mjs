import { readdir, readFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';

const here = import.meta.dirname;
const bundle = path.join(here, 'l10n/bundle.l10n.json');

/** Here every sentence is shown to the user somewhere, through the translation of the editor at hand. */
const OF_SHARED = ['error-table.ts', 'names.ts', 'references'].map((name) => path.join(here, '../shared/src', name));

/** Writes every text that the extension can show to the file from which translations are made. */
export async function exportTexts() {
  const texts = Object.fromEntries((await findTexts()).map((text) => [text, text]));
  const content = `${JSON.stringify(texts, null, 2)}\n`;
  if (content === (await readFile(bundle, 'utf8').catch(() => ''))) return;
  await mkdir(path.dirname(bundle), { recursive: true });
  await writeFile(bundle, content);
}

/** First arguments of `t(…)` and `l10n.t(…)` in the extension and in the words of the view, and the sentences of `shared`; sorted. */
export async function findTexts() {
  const inCalls = await Promise.all(
    [path.join(here, 'src'), path.join(here, '../shared/src/view')].map((place) =>
      literals(place, ({ parent }) => ts.isCallExpression(parent) && isTranslation(parent.expression)),
    ),
  );
  const shared = await Promise.all(
    OF_SHARED.map((place) => literals(place, ({ text }) => /^[A-Z{].* .*\.$/s.test(text))),
  );
  return [...new Set([...inCalls.flat(), ...shared.flat()])].sort();
}

async function literals(place, wanted) {
  const found = [];
  for (const file of await filesOf(place)) {
    const visit = (node) => {
      if (ts.isStringLiteralLike(node) && wanted(node)) found.push(node.text);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, await readFile(file, 'utf8'), ts.ScriptTarget.Latest, true));
  }
  return found;
}

function isTranslation(callee) {
  return (ts.isIdentifier(callee) || ts.isPropertyAccessExpression(callee)) && /(^|\.)t$/.test(callee.getText());
}

async function filesOf(place) {
  if (place.endsWith('.ts')) return [place];
  const names = await readdir(place, { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => path.join(place, name));
}
