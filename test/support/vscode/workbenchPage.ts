import type { Settings } from './settings.ts';

/** How one window differs from another one on the same server. */
export interface WindowOptions {
  /** True asks for trust as the desktop does; false (the default) trusts every folder. */
  readonly enableWorkspaceTrust?: boolean;
  /** Settings of this window only; the user's own settings win. */
  readonly configurationDefaults?: Settings;
  /** Folders of extensions that run from source, as with F5. */
  readonly developmentExtensions?: readonly string[];
  /** A module whose `run()` is called in the extension host, which ends with it. */
  readonly extensionTests?: string;
  /** False leaves webviews in the page's own process, as real drags need it. */
  readonly isolateWebviews?: boolean;
  /** What is open when a workspace is opened for the first time: ids of views, paths of files. */
  readonly firstLayout?: { readonly views: readonly string[]; readonly editors: readonly string[] };
}

/** What the page is made for. */
export interface PageRequest {
  /** Host and port as the browser knows them. */
  readonly host: string;
  /** The secret that lets the page connect. */
  readonly token: string;
}

const configuration = /(id="vscode-workbench-web-configuration" data-settings=")([^"]*)(")/;

/** The workbench's HTML with the options worked into the configuration it carries. */
export function adaptWorkbench(html: string, request: PageRequest, options: WindowOptions): string {
  return html.replace(configuration, (_all, before: string, settings: string, after: string) => {
    const given: WorkbenchConfiguration = JSON.parse(decodeAttribute(settings));
    return before + encodeAttribute(JSON.stringify(adapt(given, request, options))) + after;
  });
}

/** The Content-Security-Policy of the workbench, allowing webviews on origins of their own. */
export function adaptPolicy(policy: string): string {
  return policy.replace("frame-src 'self'", "frame-src 'self' http://*.localhost:*");
}

/** The part of the workbench's configuration that is touched here. */
interface WorkbenchConfiguration {
  readonly webviewEndpoint?: string;
  readonly productConfiguration: Readonly<Record<string, unknown>>;
  readonly developmentOptions?: Readonly<Record<string, unknown>>;
}

function adapt(given: WorkbenchConfiguration, request: PageRequest, options: WindowOptions): object {
  const { webviewEndpoint, ...rest } = given;
  // Neither a marketplace nor an update server is asked for anything.
  const { extensionsGallery: _gallery, updateEndpoint: _update, ...product } = given.productConfiguration;
  const isolated = options.isolateWebviews !== false && /(^|\.)localhost(:|$)/.test(request.host);
  const remote = (path: string) => ({ $mid: 1, scheme: 'vscode-remote', authority: request.host, path });
  return {
    ...rest,
    ...(isolated ? {} : { webviewEndpoint }),
    connectionToken: request.token,
    enableWorkspaceTrust: options.enableWorkspaceTrust ?? false,
    configurationDefaults: options.configurationDefaults ?? {},
    ...(options.firstLayout && {
      defaultLayout: {
        views: options.firstLayout.views.map((id) => ({ id })),
        editors: options.firstLayout.editors.map((path) => ({ uri: remote(path) })),
      },
    }),
    developmentOptions: {
      ...given.developmentOptions,
      ...(options.developmentExtensions && { extensions: options.developmentExtensions.map(remote) }),
      ...(options.extensionTests && { extensionTestsPath: remote(options.extensionTests) }),
    },
    productConfiguration: {
      ...product,
      // Its own origin gives each webview its own process, as on the desktop.
      ...(isolated && {
        webviewContentExternalBaseUrlTemplate: `http://{{uuid}}.${request.host}/${webviewEndpoint}/`,
      }),
    },
  };
}

const entities: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};

function decodeAttribute(text: string): string {
  return text.replace(/&(?:quot|apos|#39|lt|gt|amp);/g, (entity) => entities[entity] ?? entity);
}

function encodeAttribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
