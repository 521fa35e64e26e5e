const vscode = require('vscode');

const SHOWN = 'shown';

/** An address can open one file, and a notebook only as text; this opens both as a user would, once, and the secrets beside them. */
const activate = async (context) => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder || context.workspaceState.get(SHOWN)) return;
  await context.workspaceState.update(SHOWN, true);
  const script = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, 'forecast.py'));
  await vscode.window.showTextDocument(script, { preview: false });
  const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.joinPath(folder, 'forecast.ipynb'));
  await vscode.window.showNotebookDocument(notebook, { preview: false });
  await vscode.commands.executeCommand('workbench.view.extension.datalayerSecrets');
};

module.exports = { activate };
