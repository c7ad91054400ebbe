import { calibrate, estimateRequest, reckon, UNCALIBRATED } from '../../../src/core/money/estimate.ts';
import type { MessageRequest } from '../../../src/core/request/messageRequest.ts';
import { cutNear60, SAMPLE_TEXTS, type SampleText } from './samples.ts';
import { countByVocabulary } from './vocabulary.ts';

/** How far estimates of a text are off, as shares: 0.02 is 2 % too much. */
export interface EstimateErrors {
  readonly language: string;
  /** The truth, as far as it is public. */
  readonly tokens: number;
  readonly estimate: number;
  /** Nothing has been counted. */
  readonly before: number;
  /** The first 60 % were counted as a prompt, the rest follows in a turn of its own. */
  readonly after: number;
  /** The draft was counted before its last 200 characters were typed. */
  readonly typing: number;
  /** Rules of thumb of the field. */
  readonly byCharacters: number;
  readonly byWords: number;
}

/** The errors for each of the sample texts. */
export function sampleErrors(): readonly EstimateErrors[] {
  return SAMPLE_TEXTS.map(errorsOf);
}

function errorsOf({ language, text }: SampleText): EstimateErrors {
  const truth = countPrompt([text]);
  const estimate = estimateRequest(promptOf([text]), 'high', UNCALIBRATED);
  const cut = cutNear60(text);
  const [begun, rest] = [text.slice(0, cut), text.slice(cut)];
  const typed = text.slice(0, -200);
  return {
    language,
    tokens: truth,
    estimate,
    before: estimate / truth - 1,
    after: estimateAfter([begun], [begun, rest]) / countPrompt([begun, rest]) - 1,
    typing: estimateAfter([typed], [text]) / truth - 1,
    byCharacters: text.length / 4 / truth - 1,
    byWords: (text.split(/\s+/).length * 4) / 3 / truth - 1,
  };
}

/** The estimate of a prompt after another one was counted. */
function estimateAfter(counted: readonly string[], turns: readonly string[]): number {
  const reckoned = reckon(promptOf(counted), 'high');
  const calibration = calibrate(UNCALIBRATED, reckoned, countPrompt(counted));
  return estimateRequest(promptOf(turns), 'high', calibration);
}

function promptOf(turns: readonly string[]): MessageRequest {
  const messages = turns.map((text) => ({ role: 'user', content: [{ type: 'text', text }] }) as const);
  return { model: 'claude-sonnet-5-5', max_tokens: 1, messages };
}

/** What a message costs beyond its text, measured on the API. */
const FRAME = 4;

function countPrompt(turns: readonly string[]): number {
  return turns.reduce((tokens, text) => tokens + FRAME + countByVocabulary(text), 0);
}
