import type { MessageRequest } from '../../../src/core/request/messageRequest.ts';
import { contextOf, countOf, paths, pathsOfBlocks, type SentBlock, SMALL_PICTURE } from './places.ts';

/** The conversations that refusals strike; `buildConversation` in the tests makes them. */
export type ConversationKind =
  | 'plain'
  | 'picture'
  | 'freshPicture'
  | 'pictureByAddress'
  | 'manyPictures'
  | 'paper'
  | 'freshPaper'
  | 'papers'
  | 'paperAndPicture'
  | 'attachedCode'
  | 'oddBlock'
  | 'summarized'
  | 'summarizedAtThreshold'
  | 'unanswered'
  | 'hourLongCache'
  | 'longAnswers';

/** A refusal as the API or a gateway words it, and the requests that it strikes. */
export interface RecordedRefusal {
  readonly name: string;
  readonly strikes: ConversationKind;
  readonly status: number;
  readonly type: string;
  /** `error.details.error_code`. */
  readonly code?: string;
  /** `{path}` stands for the first guilty place. */
  readonly message: string;
  /** Other fields of `error.details`; `paths` is filled in where it is named. */
  readonly details?: { readonly max_side_length_pixels?: number; readonly paths?: true };
  /** The guilty places of a request (empty when it is refused without one); undefined when it is taken. */
  readonly refuses: (request: MessageRequest) => readonly string[] | undefined;
  /** The repairs that it leads to, by kind, and how often each is made. */
  readonly repairs: Readonly<Record<string, number>>;
  /** How often the question is sent, the last time included. */
  readonly requests: number;
  /** True when the question itself is at fault and only the next one can go through. */
  readonly isLost?: boolean;
}

const INVALID = { status: 400, type: 'invalid_request_error' } as const;

export const REFUSALS: readonly RecordedRefusal[] = [
  {
    name: 'an image that is no image',
    strikes: 'picture',
    ...INVALID,
    message: '{path}.image.source.base64: Could not process image',
    refuses: pathsOfBlocks(isImage),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'an image that is no image, without a place',
    strikes: 'picture',
    ...INVALID,
    message: 'Could not process image',
    refuses: (request) => (countOf(request, isImage) > 0 ? [] : undefined),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'an image of another type than its name says',
    strikes: 'freshPicture',
    ...INVALID,
    message:
      '{path}.image.source.base64: The image was specified using the image/png media type, but the image appears to be a image/jpeg image',
    refuses: pathsOfBlocks(isImage),
    repairs: { partLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'an image of a type that the API does not take',
    strikes: 'freshPicture',
    ...INVALID,
    message: "{path}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif'",
    refuses: pathsOfBlocks(isImage),
    repairs: { partLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'an image beyond the largest side, with details',
    strikes: 'picture',
    ...INVALID,
    code: 'image_dimensions_too_large',
    message: 'At least one of the image dimensions exceed max allowed size: 8000 pixels',
    details: { max_side_length_pixels: 8000, paths: true },
    refuses: pathsOfBlocks(isLargeImage),
    repairs: { partReplaced: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'an image that is too large again after it was made smaller',
    strikes: 'freshPicture',
    ...INVALID,
    message:
      '{path}.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 400 pixels',
    refuses: pathsOfBlocks(isImage),
    repairs: { partReplaced: 1, partLeftOut: 1 },
    requests: 3,
  },
  {
    name: 'an image that is too large again, without a place',
    strikes: 'freshPicture',
    ...INVALID,
    message: 'At least one of the image dimensions exceed max allowed size: 400 pixels',
    refuses: (request) => (countOf(request, isImage) > 0 ? [] : undefined),
    repairs: { partReplaced: 1, partLeftOut: 1 },
    requests: 3,
  },
  {
    name: 'more than twenty images of more than 2000 px',
    strikes: 'manyPictures',
    ...INVALID,
    code: 'image_dimensions_too_large',
    message:
      'messages.0.content.0.image.source.base64: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels',
    details: { max_side_length_pixels: 2000, paths: true },
    refuses: (request) => (countOf(request, isImage) > 20 ? pathsOfBlocks(isLargeImage)(request) : undefined),
    repairs: { partReplaced: 25, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'an image of more than 5 MB on another platform',
    strikes: 'freshPicture',
    ...INVALID,
    message: '{path}.image.source.base64: image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes',
    refuses: pathsOfBlocks(isLargeImage),
    repairs: { partReplaced: 1 },
    requests: 2,
  },
  {
    name: 'too many images',
    strikes: 'manyPictures',
    ...INVALID,
    message: 'messages: too many images: 25 > 10',
    refuses: (request) => (countOf(request, isImage) > 10 ? ['messages'] : undefined),
    repairs: { partLeftOut: 18, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'images and pages that are too many together',
    strikes: 'manyPictures',
    ...INVALID,
    message: 'messages: Too much media: 0 document pages + 25 images > 20',
    refuses: (request) => (countOf(request, isImage) > 20 ? ['messages'] : undefined),
    repairs: { partLeftOut: 10, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'pages beside images, of which nobody but the API knows how many there are',
    strikes: 'paperAndPicture',
    ...INVALID,
    message: 'Too much media: 90 document pages + 1 images > 50',
    refuses: (request) => (countOf(request, isDocument) > 0 ? [] : undefined),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'an image whose address cannot be fetched',
    strikes: 'pictureByAddress',
    ...INVALID,
    message: '{path}.image.source.url: Unable to download the file. Please verify the URL and try again.',
    refuses: pathsOfBlocks(isImage),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a PDF that asks for a password',
    strikes: 'freshPaper',
    ...INVALID,
    message: '{path}.pdf.source.base64.data: The PDF specified is password protected.',
    refuses: pathsOfBlocks(isDocument),
    repairs: { partLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a PDF that is none',
    strikes: 'paper',
    ...INVALID,
    message: '{path}.pdf.source.base64.data: The PDF specified was not valid.',
    refuses: pathsOfBlocks(isDocument),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a PDF that is none, without a place',
    strikes: 'paper',
    ...INVALID,
    message: 'Could not process PDF',
    refuses: (request) => (countOf(request, isDocument) > 0 ? [] : undefined),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'an encrypted document beside an image, without a place',
    strikes: 'paperAndPicture',
    ...INVALID,
    message: 'The document is encrypted.',
    refuses: (request) => (countOf(request, isDocument) > 0 ? [] : undefined),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'more pages than the model takes',
    strikes: 'papers',
    ...INVALID,
    message: '{path}.pdf.source.base64.data: A maximum of 100 PDF pages may be provided.',
    refuses: (request) => (countOf(request, isDocument) > 2 ? pathsOfBlocks(isDocument)(request) : undefined),
    repairs: { partLeftOut: 2, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'more pages than a gateway takes, however they were counted',
    strikes: 'papers',
    ...INVALID,
    message: 'Too many pages in the request',
    refuses: (request) => (countOf(request, isDocument) > 1 ? [] : undefined),
    repairs: { partLeftOut: 2, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a model without PDF input',
    strikes: 'papers',
    ...INVALID,
    message: '{path}: PDF input is not supported on claude-quill-1',
    refuses: pathsOfBlocks(isDocument),
    repairs: { partLeftOut: 3, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a gateway that knows no documents',
    strikes: 'paperAndPicture',
    ...INVALID,
    message:
      "{path}: Input tag 'document' found using 'type' does not match any of the expected tags: 'image', 'text'",
    refuses: pathsOfBlocks(isDocument),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'an image that is no image beside a document',
    strikes: 'paperAndPicture',
    ...INVALID,
    message: '{path}.image.source.base64.data: Could not process image in this document request',
    refuses: pathsOfBlocks(isImage),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a body that documents make too large for a proxy',
    strikes: 'papers',
    status: 413,
    type: 'request_too_large',
    message: 'Request exceeds the maximum size',
    refuses: (request) => (countOf(request, isDocument) > 1 ? [] : undefined),
    repairs: { partLeftOut: 2, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a model without image input',
    strikes: 'picture',
    ...INVALID,
    message: '{path}: image input is not supported on claude-quill-1',
    refuses: pathsOfBlocks(isImage),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'thinking of another conversation',
    strikes: 'plain',
    ...INVALID,
    message:
      '{path}: Invalid `signature` in `thinking` block. The block is bound to a different conversation: `system`, `tools` or an earlier message has changed since it was created.',
    refuses: oldThinking,
    repairs: { thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'thinking with a signature that does not verify',
    strikes: 'plain',
    ...INVALID,
    message: '{path}: Invalid `signature` in `thinking` block',
    refuses: oldThinking,
    repairs: { thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'thinking that may not be changed',
    strikes: 'plain',
    ...INVALID,
    message:
      '{path}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.',
    refuses: oldThinking,
    repairs: { thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a server that wants thinking in front of every answer',
    strikes: 'attachedCode',
    ...INVALID,
    message:
      '{path}.type: Expected `thinking` or `redacted_thinking`, but found `text`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.',
    refuses: (request) => (request.thinking ? paths(request, isAnswerText) : undefined),
    repairs: { 'fieldDropped thinking': 1 },
    requests: 2,
  },
  {
    name: 'a block of an answer that this server does not know',
    strikes: 'oddBlock',
    ...INVALID,
    message:
      "{path}: Input tag 'hologram' found using 'type' does not match any of the expected tags: 'text', 'image'",
    refuses: pathsOfBlocks((block) => block.type === 'hologram'),
    repairs: { blockLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a document inside an answer',
    strikes: 'oddBlock',
    ...INVALID,
    message: '{path}: `document` blocks are not allowed in assistant messages',
    refuses: pathsOfBlocks((block) => block.type === 'hologram'),
    repairs: { blockLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'attached code that is refused as empty',
    strikes: 'attachedCode',
    ...INVALID,
    message: '{path}: text content blocks must contain non-whitespace text',
    refuses: pathsOfBlocks((block) => block.type === 'text' && Boolean(block.text?.startsWith('src/'))),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a message that is refused as a whole',
    strikes: 'plain',
    ...INVALID,
    message:
      'messages.2: all messages must have non-empty content except for the optional final assistant message',
    refuses: (request) =>
      JSON.stringify(request.messages).includes('Question 1') ? ['messages.2'] : undefined,
    repairs: { turnWithdrawn: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a gateway that wants the roles to alternate',
    strikes: 'unanswered',
    ...INVALID,
    message:
      'messages: roles must alternate between "user" and "assistant", but found multiple "user" roles in a row',
    refuses: ({ messages }) =>
      messages.some((message, at) => message.role === messages[at + 1]?.role) ? [] : undefined,
    repairs: { turnWithdrawn: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
  {
    name: 'a gateway that knows no block binding',
    strikes: 'plain',
    ...INVALID,
    message: 'thinking.block_binding: Extra inputs are not permitted',
    refuses: ({ thinking }) => (thinking && 'block_binding' in thinking ? [] : undefined),
    repairs: { 'fieldDropped block_binding': 1 },
    requests: 2,
  },
  {
    name: 'a gateway that refuses the beta header value',
    strikes: 'plain',
    ...INVALID,
    message: 'Unexpected value(s) `thinking-binding-controls-2026-08-01` for the `anthropic-beta` header.',
    refuses: ({ betas }) => (betas?.includes('thinking-binding-controls-2026-08-01') ? [] : undefined),
    repairs: { 'fieldDropped block_binding': 1 },
    requests: 2,
  },
  {
    name: 'a gateway that knows no display of thinking',
    strikes: 'plain',
    ...INVALID,
    message: 'thinking.adaptive.display: Extra inputs are not permitted',
    refuses: ({ thinking }) => (thinking && 'display' in thinking ? [] : undefined),
    repairs: { 'fieldDropped thinking.display': 1 },
    requests: 2,
  },
  {
    name: 'a model that cannot think in this way',
    strikes: 'plain',
    ...INVALID,
    message: "thinking.type: 'adaptive' is not supported on claude-haiku-4-5",
    refuses: ({ thinking }) => (thinking ? [] : undefined),
    repairs: { 'fieldDropped thinking': 1 },
    requests: 2,
  },
  {
    name: 'a model without effort',
    strikes: 'plain',
    ...INVALID,
    message: "output_config.effort: 'high' is not supported on claude-haiku-4-5",
    refuses: ({ output_config }) => (output_config ? [] : undefined),
    repairs: { 'fieldDropped effort': 1 },
    requests: 2,
  },
  {
    name: 'a gateway that knows no output_config',
    strikes: 'plain',
    ...INVALID,
    message: 'Unrecognized request argument supplied: output_config',
    refuses: ({ output_config }) => (output_config ? [] : undefined),
    repairs: { 'fieldDropped effort': 1 },
    requests: 2,
  },
  {
    name: 'a gateway that knows no diagnostics',
    strikes: 'plain',
    ...INVALID,
    message: 'diagnostics: Extra inputs are not permitted',
    refuses: ({ diagnostics }) => (diagnostics ? [] : undefined),
    repairs: { 'fieldDropped diagnostics': 1 },
    requests: 2,
  },
  {
    name: 'a gateway that knows no cache marks',
    strikes: 'plain',
    ...INVALID,
    message: 'system.1.cache_control: Extra inputs are not permitted',
    refuses: (request) => (JSON.stringify(request).includes('"cache_control"') ? [] : undefined),
    repairs: { 'fieldDropped cache_control': 1 },
    requests: 2,
  },
  {
    name: 'a gateway that knows no lifetimes',
    strikes: 'hourLongCache',
    ...INVALID,
    message: 'system.1.cache_control.ephemeral.ttl: Extra inputs are not permitted',
    refuses: (request) => (JSON.stringify(request).includes('"ttl"') ? [] : undefined),
    repairs: { 'fieldDropped cache_ttl': 1 },
    requests: 2,
  },
  {
    name: 'an answer longer than the model can write',
    strikes: 'longAnswers',
    ...INVALID,
    message:
      'max_tokens: 16000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-haiku',
    refuses: ({ max_tokens }) => (max_tokens > 8192 ? [] : undefined),
    repairs: { 'maxTokensLowered 8192': 1 },
    requests: 2,
  },
  {
    name: 'an answer that does not fit into the window behind its prompt',
    strikes: 'longAnswers',
    ...INVALID,
    message:
      'input length and `max_tokens` exceed context limit: 188000 + 16000 > 200000, decrease input length or `max_tokens` and try again',
    refuses: ({ max_tokens }) => (max_tokens > 12_000 ? [] : undefined),
    repairs: { 'maxTokensLowered 12000': 1 },
    requests: 2,
  },
  {
    name: 'a summary whose signature does not verify',
    strikes: 'summarized',
    ...INVALID,
    code: 'compaction_signature_invalid',
    message: '{path}: The signature of the compaction block does not verify.',
    refuses: pathsOfBlocks(isSummary),
    repairs: { compactionDropped: 1 },
    requests: 2,
  },
  {
    name: 'a summary whose text was changed',
    strikes: 'summarized',
    ...INVALID,
    code: 'compaction_content_mismatch',
    message: 'The content of the compaction block differs from the one that was signed.',
    refuses: (request) => (countOf(request, isSummary) > 0 ? [] : undefined),
    repairs: { compactionDropped: 1 },
    requests: 2,
  },
  {
    name: 'a gateway that knows no summaries',
    strikes: 'summarizedAtThreshold',
    ...INVALID,
    message: "{path}: Extra inputs are not permitted (needs the anthropic-beta value 'compact-2026-01-12')",
    refuses: pathsOfBlocks(isSummary),
    repairs: { compactionDropped: 1 },
    requests: 2,
  },
  {
    name: 'a body that is too large for a proxy',
    strikes: 'manyPictures',
    status: 413,
    type: 'request_too_large',
    message: 'Request exceeds the maximum size',
    refuses: (request) => (countOf(request, isImage) > 4 ? [] : undefined),
    repairs: { partLeftOut: 22, thinkingLeftOut: 1 },
    requests: 4,
  },
  {
    name: 'a question that the output filter stops',
    strikes: 'plain',
    ...INVALID,
    message: 'Output blocked by content filtering policy',
    refuses: (request) => (contextOf(request).includes('the last straw') ? [] : undefined),
    isLost: true,
    repairs: { turnWithdrawn: 1 },
    requests: 1,
  },
  {
    name: 'a question whose words are refused',
    strikes: 'plain',
    ...INVALID,
    message: '{path}.text: Input should be a valid string',
    refuses: pathsOfBlocks((block) => Boolean(block.text?.includes('the last straw'))),
    isLost: true,
    repairs: { turnWithdrawn: 1 },
    requests: 1,
  },
  {
    name: 'something in the newest question, nobody says what',
    strikes: 'plain',
    ...INVALID,
    message: 'Error',
    refuses: (request) => (contextOf(request).includes('the last straw') ? [] : undefined),
    isLost: true,
    repairs: {
      'fieldDropped thinking': 1,
      'fieldDropped effort': 1,
      'fieldDropped cache_control': 1,
      'fieldDropped diagnostics': 1,
      thinkingLeftOut: 1,
      turnWithdrawn: 1,
    },
    requests: 3,
  },
  {
    name: 'something in what is attached to the newest question, nobody says what',
    strikes: 'freshPicture',
    ...INVALID,
    message: 'Error',
    refuses: (request) => (countOf(request, isImage) > 0 ? [] : undefined),
    repairs: {
      'fieldDropped thinking': 1,
      'fieldDropped effort': 1,
      'fieldDropped cache_control': 1,
      'fieldDropped diagnostics': 1,
      thinkingLeftOut: 1,
      partLeftOut: 1,
    },
    requests: 4,
  },
  {
    name: 'something beyond plain words, nobody says what',
    strikes: 'oddBlock',
    ...INVALID,
    message: 'The request was rejected.',
    refuses: (request) =>
      request.thinking || request.output_config || countOf(request, ({ type }) => type === 'hologram') > 0
        ? []
        : undefined,
    repairs: {
      'fieldDropped thinking': 1,
      'fieldDropped effort': 1,
      'fieldDropped diagnostics': 1,
      blockLeftOut: 1,
      thinkingLeftOut: 1,
    },
    requests: 2,
  },
  {
    name: 'a place that a gateway wraps into words of its own',
    strikes: 'picture',
    ...INVALID,
    message:
      'litellm.BadRequestError: AnthropicException - {"type":"error","error":{"message":"{path}: invalid base64 data"}}',
    refuses: pathsOfBlocks(isImage),
    repairs: { partLeftOut: 1, thinkingLeftOut: 1 },
    requests: 2,
  },
];

/** That of the first two answers; what is thought from then on is good. */
function oldThinking(request: MessageRequest): readonly string[] | undefined {
  const found = paths(request, isThinking).filter((path) => /^messages\.[0-3]\./.test(path));
  return found.length > 0 ? found : undefined;
}

function isImage({ type }: SentBlock): boolean {
  return type === 'image';
}

function isDocument({ type }: SentBlock): boolean {
  return type === 'document';
}

function isLargeImage({ type, data }: SentBlock): boolean {
  return type === 'image' && data !== SMALL_PICTURE;
}

function isThinking({ type }: SentBlock): boolean {
  return type === 'thinking';
}

function isSummary({ type }: SentBlock): boolean {
  return type === 'compaction';
}

function isAnswerText({ type, role }: SentBlock): boolean {
  return type === 'text' && role === 'assistant';
}
