/**
 * Names by which files are known for what they are. A `*` stands for any beginning, or any end, of a name; a `/` at the end
 * means a folder anywhere in the path. Upper and lower case are the same.
 */

/** What package managers write down so that all get the same versions. */
export const LOCK_FILES = [
  // JavaScript
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  '.pnp.cjs',
  '.pnp.loader.mjs',
  // Python, Conda
  'poetry.lock',
  'pdm.lock',
  'uv.lock',
  'pipfile.lock',
  'pylock.toml',
  'pixi.lock',
  'conda-lock.yml',
  // Rust, Go, C and C++, D, Crystal, Zig
  'cargo.lock',
  'go.sum',
  'go.work.sum',
  'gopkg.lock',
  'glide.lock',
  'conan.lock',
  'vcpkg-lock.json',
  'dub.selections.json',
  'shard.lock',
  // JVM, .NET
  'gradle.lockfile',
  'buildscript-gradle.lockfile',
  'verification-metadata.xml',
  'maven_install.json',
  'packages.lock.json',
  'paket.lock',
  'project.assets.json',
  // Ruby, PHP, Perl, R
  'gemfile.lock',
  'gems.locked',
  'composer.lock',
  'symfony.lock',
  'cpanfile.snapshot',
  'renv.lock',
  'packrat.lock',
  // Apple, Dart
  'podfile.lock',
  'package.resolved',
  'cartfile.resolved',
  'pubspec.lock',
  // Haskell, OCaml, Erlang, Elixir, PureScript
  'stack.yaml.lock',
  'cabal.project.freeze',
  'esy.lock',
  'rebar.lock',
  'mix.lock',
  'spago.lock',
  // Machines and builds
  'flake.lock',
  'devbox.lock',
  'module.bazel.lock',
  '.terraform.lock.hcl',
  'chart.lock',
  'brewfile.lock.json',
  'berksfile.lock',
  'puppetfile.lock',
] as const;

/** What tools make of other files, as GitHub's linguist has it (lib/linguist/generated.rb), and what has come up since. */
export const GENERATED = [
  // JavaScript and styles
  '*.min.js',
  '*.min.mjs',
  '*.min.cjs',
  '*.min.css',
  '*-min.js',
  '*-min.css',
  '*.map',
  '*.tsbuildinfo',
  '*.snap',
  '__snapshots__/',
  '__generated__/',
  // Protocol buffers, gRPC, FlatBuffers
  '*.pb.go',
  '*.pb.gw.go',
  '*.pb.validate.go',
  '*.pb.cc',
  '*.pb.h',
  '*.pb.swift',
  '*.grpc.swift',
  '*.pb.dart',
  '*.pbenum.dart',
  '*.pbgrpc.dart',
  '*.pbjson.dart',
  '*.pbserver.dart',
  '*_pb2.py',
  '*_pb2.pyi',
  '*_pb2_grpc.py',
  '*_pb.js',
  '*_pb.d.ts',
  '*_pb.ts',
  '*_pb.rb',
  // Dart, Go, .NET, Delphi, Zephir
  '*.g.dart',
  '*.freezed.dart',
  '*.gr.dart',
  '*.mocks.dart',
  'zz_generated.*',
  '*_generated.go',
  '*.gen.go',
  '*.gen.ts',
  '*.generated.cs',
  '*.generated.go',
  '*.generated.java',
  '*.generated.js',
  '*.generated.swift',
  '*.generated.ts',
  '*.generated.tsx',
  '*.designer.cs',
  '*.designer.vb',
  '*.feature.cs',
  '*.g.cs',
  '*.g.i.cs',
  '*_tlb.pas',
  '*.zep.c',
  '*.zep.h',
  '*.zep.php',
  // Apple
  '*.xcuserstate',
  '*.xcworkspacedata',
  'pods/',
  'carthage/build/',
  // Packages of others
  'node_modules/',
  'godeps/',
] as const;

/** Where keys, passwords and tokens lie by convention: ssh, OpenSSL, Java, cloud tools, package managers, password safes. */
export const SECRET = [
  '.env',
  '.env.*',
  '*.env',
  '.envrc',
  'id_rsa',
  'id_dsa',
  'id_ecdsa',
  'id_ecdsa_sk',
  'id_ed25519',
  'id_ed25519_sk',
  '*.pem',
  '*.key',
  '*.ppk',
  '*.p8',
  '*.p12',
  '*.pfx',
  '*.pkcs12',
  '*.keystore',
  '*.jks',
  '*.jceks',
  '*.bks',
  '*.kdbx',
  '*.ovpn',
  '.npmrc',
  '.netrc',
  '_netrc',
  '.pypirc',
  '.git-credentials',
  '.dockercfg',
  '.htpasswd',
  '.pgpass',
  '.my.cnf',
  '.s3cfg',
  '.boto',
  '.vault-token',
  '.terraformrc',
  'terraform.rc',
  '*.tfstate',
  '*.tfstate.backup',
  'kubeconfig',
  '.aws/credentials',
  'credentials',
  'credentials.json',
  'credentials.yml',
  'credentials.yaml',
  'credentials.ini',
  'credentials.xml',
  'credentials.csv',
  'client_secret*',
  'service-account*.json',
  'service_account*.json',
  'secrets.json',
  'secrets.toml',
  'secrets.yml',
  'secrets.yaml',
] as const;

/**
 * Extensions that hold no text, whatever the file: so it need not be read. Longer lists (`binary-extensions`) have some that are
 * text as well, `.ts` and `.obj` among them; what is not here is told by its content.
 */
export const BINARY = (
  'png jpg jpeg gif webp bmp ico icns tif tiff avif heic heif jxl psd xcf sketch blend ' +
  'mp3 wav flac ogg oga opus m4a aac aiff mp4 m4v mov avi mkv webm wmv flv ogv ' +
  'woff woff2 ttf otf eot ' +
  'zip gz tgz bz2 tbz2 xz txz 7z rar tar zst lz4 br jar war ear aar apk aab ipa dmg iso img deb rpm msi cab ' +
  'nupkg vsix whl egg crx xpi ' +
  'exe dll so dylib a lib o ko class pyc pyo pyd wasm pdb node elc beam bin ' +
  'pdf doc docx xls xlsx xlsb ppt pptx odt ods odp epub mobi pages numbers ' +
  'sqlite sqlite3 mdb accdb parquet feather avro orc npy npz pkl pickle h5 hdf5 onnx pt pth safetensors gguf tflite ' +
  'swf glb fbx ds_store'
).split(' ');
