import * as vscode from 'vscode';

/**
 * The page's document. Nothing may run or load but the extension's own files; the nonce is new each time.
 */
export function chatHtml(webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = crypto.randomUUID();
  const local = (...path: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, ...path)).toString();
  const source = webview.cspSource;
  const policy = [
    `default-src 'none'`,
    `img-src ${source} blob: data:`,
    `style-src ${source}`,
    `font-src ${source}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${local('dist', 'codicon.css')}">
<link rel="stylesheet" href="${local('media', 'chat.css')}">
<title>Parley</title>
</head>
<body>
<div id="app" data-l10n="${attribute(JSON.stringify(vscode.l10n.bundle ?? {}))}"></div>
<script nonce="${nonce}" type="module" src="${local('dist', 'webview.js')}"></script>
</body>
</html>`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
