const vscode = require('vscode');

/** Draws in an animation frame, as pages do that draw once a frame. */
const HTML = `<!DOCTYPE html>
<html>
<body>
<textarea aria-label="Echo"></textarea>
<p id="answer"></p>
<script>
const host = acquireVsCodeApi();
const box = document.querySelector('textarea');
box.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  event.preventDefault();
  host.postMessage(box.value);
});
window.addEventListener('message', ({ data }) => {
  requestAnimationFrame(() => {
    document.getElementById('answer').textContent = data;
  });
});
</script>
</body>
</html>`;

exports.activate = (context) => {
  const open = () => {
    const panel = vscode.window.createWebviewPanel('parleyBench.echo', 'Echo', vscode.ViewColumn.One, {
      enableScripts: true,
    });
    panel.webview.onDidReceiveMessage((message) => void panel.webview.postMessage(message));
    panel.webview.html = HTML;
  };
  context.subscriptions.push(vscode.commands.registerCommand('parleyBench.openEcho', open));
};
