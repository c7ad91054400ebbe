import type { ModelChoice } from '../../../src/core/conversation/model.ts';
import type { Part } from '../../../src/core/conversation/parts.ts';

/** A file of the workspace. */
export interface PackFile {
  readonly path: string;
  readonly text: string;
}

/** One question of a scripted session and what Claude says to it. */
export interface ScriptedTurn {
  /** Ms from the request before this one to this one; that is how the API counts lifetimes. */
  readonly pause: number;
  readonly model: ModelChoice;
  readonly parts: readonly Part[];
  /** A file of the pack as it reads since the last question. */
  readonly edited?: PackFile;
  readonly reply: { readonly text: string; readonly thinking?: string };
}

/** A dialogue that is the same at every run. */
export interface SessionScript {
  readonly name: string;
  /** Text of an instruction file of the workspace. */
  readonly instructions: string;
  /** Files that stand in the system prompt as they were at the start. */
  readonly pack: readonly PackFile[];
  readonly turns: readonly ScriptedTurn[];
  /** Bytes of the stored images as base64, by the name under which they are stored. */
  readonly images: Readonly<Record<string, string>>;
}

/** What may be chosen of a script. */
export interface ScriptOptions {
  /** How many questions. */
  readonly turns?: number;
  /** Size of the pack, where there is one. */
  readonly packTokens?: number;
  /** Another dialogue of the same kind for each. */
  readonly seed?: number;
}
