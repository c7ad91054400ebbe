/** A model as the models endpoint describes it. Absent fields are unknown, not false. */
export interface ModelInfo {
  readonly id: string;
  readonly name: string;
  readonly line?: string;
  readonly lifecycle?: string;
  /** ISO 8601 date on which the model stops answering. */
  readonly retiresAt?: string;
  /** Context window and largest answer, in tokens. */
  readonly maxInput?: number;
  readonly maxOutput?: number;
  /** Values of `thinking.type` that the model accepts. */
  readonly thinking?: readonly string[];
  /** Effort levels that the model accepts; an empty list when it takes none. */
  readonly efforts?: readonly string[];
  readonly images?: boolean;
  readonly pdf?: boolean;
  /** Ways in which the model summarizes a conversation; empty when it has none. */
  readonly compaction?: readonly ('summarize' | 'threshold')[];
}
