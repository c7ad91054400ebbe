import type { FakeModel } from '../catalogue.ts';
import type { Wire } from '../wire.ts';
import { checkCaching } from './checkCaching.ts';
import { checkDocuments } from './checkDocuments.ts';
import { checkFields } from './checkFields.ts';
import { checkImages } from './checkImages.ts';
import { checkMessages } from './checkMessages.ts';
import { checkSettings } from './checkSettings.ts';
import { checkTools } from './checkTools.ts';

/** What the checks need to know besides the request. */
export interface CheckContext {
  readonly model: FakeModel;
  readonly betas: ReadonlySet<string>;
  readonly endpoint: 'messages' | 'count_tokens';
  /** Block types beyond the API's own that this server has sent and therefore takes back. */
  readonly issuedTypes: ReadonlySet<string>;
  /** Whether this assistant content is an answer that this server left unfinished. */
  isUnfinished(content: unknown): boolean;
}

/** Throws the 400 that the API would answer; returns when the request is well-formed for this model. */
export function checkRequest(request: Wire, context: CheckContext): void {
  checkFields(request, context);
  checkSettings(request, context);
  checkTools(request, context);
  checkMessages(request, context);
  checkImages(request, context);
  checkDocuments(request, context);
  checkCaching(request);
}
