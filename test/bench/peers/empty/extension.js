const vscode = require('vscode');

exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand('parleyBench.activateEmpty', () => {}));
};
