import { html, type TemplateResult } from 'lit-html';
import type { AssistantTurn, Repair } from '../../core/conversation/model.ts';
import type { AnswerPlace } from './answer.ts';
import type { Tools } from './tools.ts';

/** What was changed in the request so that it went through, one sentence each. */
export function requestNotes(
  turn: AssistantTurn,
  place: AnswerPlace,
  tools: Tools,
): readonly TemplateResult[] {
  const { t } = tools;
  const noRoom = leftForRoom(turn);
  const sentences = (turn.repairs ?? [])
    .filter((repair) => !noRoom.some((left) => left === repair))
    .map((repair) => repaired(repair, turn, place, tools));
  if (noRoom.length > 0) sentences.unshift(madeRoom(noRoom, place, tools));
  const dropped = turn.thinkingDropped ?? 0;
  if (dropped > 0) {
    sentences.push(
      t(
        'Earlier thinking that no longer fits was left out by the API ({0}). The answers are all read.',
        dropped,
      ),
    );
  }
  return sentences.map((sentence) => html`<p class="note" data-part="repair">${sentence}</p>`);
}

/** What the API was never asked for, as a request could not have held it. */
function leftForRoom({ repairs = [], attempts = [] }: AssistantTurn): readonly PartLeftOut[] {
  if (attempts.some(({ failure }) => failure !== undefined)) return [];
  return repairs.flatMap((repair) => (repair.kind === 'partLeftOut' && !repair.gone ? [repair] : []));
}

type PartLeftOut = Extract<Repair, { readonly kind: 'partLeftOut' }>;

/** One sentence for all of them: above a limit there are many at once. */
function madeRoom(left: readonly PartLeftOut[], place: AnswerPlace, { t, format }: Tools): string {
  const [first] = left;
  return left.length === 1 && first
    ? t(
        'The model takes no more with a request: "{0}" is no longer sent. You keep it here.',
        place.labelOf(first.turn, first.part),
      )
    : t(
        'The model takes no more with a request: {0} attachments, the oldest, are no longer sent. You keep them here.',
        format.count(left.length),
      );
}

function repaired(repair: Repair, turn: AssistantTurn, place: AnswerPlace, { t, format }: Tools): string {
  switch (repair.kind) {
    case 'fieldDropped':
      return t('This endpoint does not take "{0}"; requests go without it.', repair.field);
    case 'maxTokensLowered':
      return t('The longest answer is {0} tokens now, as this model wants it.', format.count(repair.tokens));
    case 'partLeftOut': {
      const label = place.labelOf(repair.turn, repair.part);
      if (repair.gone) return t('"{0}" is no longer sent, because its file is gone.', label);
      return wasTooLarge(turn)
        ? t('"{0}" was too large for the API and is no longer sent. You keep it here.', label)
        : t('"{0}" was refused by the API and is no longer sent. You keep it here.', label);
    }
    case 'partReplaced':
      return t(
        '"{0}" was made smaller, because it was too large for the API.',
        place.labelOf(repair.turn, repair.part),
      );
    case 'blockLeftOut':
      return t('A part of an earlier answer was refused and is no longer sent. You keep it here.');
    case 'thinkingLeftOut':
      return t('Earlier thinking no longer fits and is not sent any more. The answers are.');
    case 'turnWithdrawn':
      return t('An earlier question was refused and is no longer sent, so that the conversation goes on.');
    case 'compactionDropped':
      return t('The summary was refused; the whole conversation is sent again.');
    case 'packGone':
      return t(
        'The text of the pinned files is lost, so they are no longer sent. Repack the context to send them again.',
      );
  }
}

function wasTooLarge({ attempts = [] }: AssistantTurn): boolean {
  return attempts.some(({ failure }) => failure?.limit !== undefined || failure?.kind === 'tooLarge');
}
