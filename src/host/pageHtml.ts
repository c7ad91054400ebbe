import * as vscode from 'vscode';

/** What a page is made of: paths of the extension's own files. */
export interface PageFiles {
  readonly styles: readonly string[];
  readonly script: string;
  /** A script that the page loads by itself, with the nonce of its own, from the address in `data-highlight`. */
  readonly highlight?: string;
  /** Whether it shows pictures and icons: only then may it load images and fonts. */
  readonly pictures: boolean;
}

/** The document of a page. Nothing may run or load but the extension's own files; the nonce is new each time. */
export function pageHtml(webview: vscode.Webview, extension: vscode.Uri, files: PageFiles): string {
  const nonce = crypto.randomUUID();
  const local = (file: string): string =>
    attribute(webview.asWebviewUri(vscode.Uri.joinPath(extension, ...file.split('/'))).toString());
  const source = webview.cspSource;
  const policy = [
    `default-src 'none'`,
    ...(files.pictures ? [`img-src ${source} blob: data:`, `font-src ${source}`] : []),
    `style-src ${source}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  const highlight = files.highlight === undefined ? '' : ` data-highlight="${local(files.highlight)}"`;
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
${files.styles.map((file) => `<link rel="stylesheet" href="${local(file)}">`).join('\n')}
<title>Parley</title>
</head>
<body>
<div id="app" data-l10n="${attribute(JSON.stringify(vscode.l10n.bundle ?? {}))}"${highlight}></div>
<script nonce="${nonce}" type="module" src="${local(files.script)}"></script>
</body>
</html>`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
