/** A place of a prompt whose tokens are known, and what had been estimated for it. */
export interface Anchor {
  readonly estimated: number;
  readonly tokens: number;
}

/** Tokens up to a place; `slack` is the distance to the nearest place that is known, 0 there. */
export interface Reckoned {
  readonly tokens: number;
  readonly slack: number;
}

/**
 * Reckons tokens between known places in proportion to the estimates. The start of the prompt is always known. Of
 * anchors that contradict each other the later in the list wins.
 */
export function tokenLine(anchors: readonly Anchor[]): (estimated: number) => Reckoned {
  const line = consistent(anchors);
  return (estimated) => {
    const after = line.findIndex((anchor) => anchor.estimated >= estimated);
    const upper = line[after];
    const lower = (after < 0 ? line.at(-1) : line[after - 1]) ?? ORIGIN;
    if (upper?.estimated === estimated) return { tokens: upper.tokens, slack: 0 };
    if (!upper) return beyond(lower, estimated);
    const share = (estimated - lower.estimated) / (upper.estimated - lower.estimated);
    const tokens = lower.tokens + share * (upper.tokens - lower.tokens);
    return { tokens: Math.round(tokens), slack: Math.min(tokens - lower.tokens, upper.tokens - tokens) };
  };
}

const ORIGIN: Anchor = { estimated: 0, tokens: 0 };

function beyond(last: Anchor, estimated: number): Reckoned {
  const ratio = last.estimated > 0 ? last.tokens / last.estimated : 1;
  const more = (estimated - last.estimated) * ratio;
  return { tokens: Math.round(last.tokens + more), slack: more };
}

/** Sorted, and rising in both figures. */
function consistent(anchors: readonly Anchor[]): readonly Anchor[] {
  const kept: Anchor[] = [ORIGIN];
  for (const anchor of anchors) {
    for (let at = kept.length - 1; at > 0; at--) {
      const other = kept[at];
      if (other && !rises(other, anchor) && !rises(anchor, other)) kept.splice(at, 1);
    }
    if (rises(ORIGIN, anchor)) kept.push(anchor);
  }
  return kept.sort((one, other) => one.estimated - other.estimated);
}

function rises(from: Anchor, to: Anchor): boolean {
  return from.estimated < to.estimated && from.tokens <= to.tokens;
}
