import * as vscode from 'vscode';
import type { Translate } from '@datalayer-secrets/shared';

/** Translates a template with named placeholders, for the parts that do not know the editor. */
export const t: Translate = (template, values) => (values ? vscode.l10n.t(template, values) : vscode.l10n.t(template));
