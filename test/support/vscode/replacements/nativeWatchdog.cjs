// Stands in for a native module that has no prebuilt binary: the server group is ended by the tests themselves.
exports.start = () => {};
exports.exit = (code) => process.exit(code ?? 0);
