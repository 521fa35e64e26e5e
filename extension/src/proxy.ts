import * as vscode from 'vscode';

/** The editor's proxy settings as the environment variables that the service reads; of its settings these alone go there. */
export function proxySettings(): Record<string, string> {
  const http = vscode.workspace.getConfiguration('http');
  const proxy = http.get('proxy', '').trim();
  if (proxy === '' || http.get('proxySupport') === 'off') return {};
  const except = http.get<readonly string[]>('noProxy', []);
  return { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, ...(except.length > 0 && { NO_PROXY: except.join(',') }) };
}
