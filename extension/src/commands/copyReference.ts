import * as vscode from 'vscode';

import { briefly } from '../briefly.ts';
import { oneSecret, recents } from '../input/secret-pick.ts';
import { referenceIn } from '../insert/insert.ts';
import { neutralReference } from '../insert/offer.ts';
import { activeTarget, languageOf } from '../insert/target.ts';
import { inMessage } from '../shown.ts';
import { targets, type Command } from './command.ts';

/** Copies references, in the language of the active editor; where there is none, as `secret://NAME`. Several: one a line. */
export const copyReference: Command = {
  id: 'copyReference',
  async run(deps, ...args) {
    const { env, l10n } = vscode;
    const target = activeTarget();
    const given = targets(deps, args);
    const refs = given.length > 0 ? given : [await oneSecret(deps, [], l10n.t('Copy a Reference'))];
    const language = target && languageOf(target);
    const lines = refs.map(({ secret: { name } }) => {
      const written = target && language ? referenceIn(target.document, language, name).text : '';
      return written === '' ? neutralReference(name) : written;
    });
    await env.clipboard.writeText(lines.join('\n'));
    refs.forEach((ref) => recents.touch(ref));
    const what = lines.length === 1 ? inMessage(lines[0] ?? '') : l10n.t('{0} references', lines.length);
    briefly(l10n.t('Copied: {0}', what));
    return lines;
  },
};
