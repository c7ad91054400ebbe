import type { AskContext } from '../core/conversation/askContext.ts';
import type { Session } from '../core/conversation/session.ts';
import type { ModelInfo } from '../core/modelInfo.ts';
import { estimateText } from '../core/money/estimateText.ts';
import { imageTier } from '../core/money/modelFacts.ts';
import type { ChatStatus } from '../core/protocol.ts';
import { settingsFor } from '../core/request/capabilities.ts';
import type { Asking } from './asking.ts';
import { loadOf } from './attaching/situation.ts';
import type { Connection } from './connection.ts';
import type { KeyStore } from './keyStore.ts';
import type { ModelCatalogue } from './modelCatalogue.ts';
import { currentSettings } from './settings.ts';

/** What a page shows around a conversation: model, effort, who answers, whether a key is set. */
export function createStatus(
  asking: Asking,
  catalogue: ModelCatalogue,
  connection: Connection,
  keys: KeyStore,
): (session: Session) => Promise<ChatStatus> {
  return async (session) => {
    const { conversation } = session;
    const model = asking.modelOf(conversation);
    const info = catalogue.find(model.id);
    const settings = currentSettings();
    const thinking = asking.thinkingOf(conversation);
    const { effort } = settingsFor(info, {
      effort: asking.effortOf(conversation),
      thinking: thinking ?? 'on',
      showThinking: settings['thinking.show'],
      maxOutputTokens: settings.maxOutputTokens,
      without: new Set(),
    });
    const begins = conversation.system ? undefined : await asking.contextNow(session);
    const endpoint = connection.foreignHost();
    const several = (await keys.profiles()).length > 1;
    return {
      modelId: model.id,
      modelName: model.name,
      ...(effort === undefined ? {} : { effort }),
      ...(info?.maxInput === undefined ? {} : { contextWindow: info.maxInput }),
      ...(endpoint === undefined ? {} : { endpoint }),
      key: await connection.keyState(),
      ...(several ? { profile: keys.active } : {}),
      sendKey: settings.sendKey,
      showThinking: settings['thinking.show'],
      ...(thinking ? { thinking } : {}),
      ...leavingOf(info, catalogue.models.length > 0),
      prices: asking.prices(),
      compaction: {
        mode: settings.compaction,
        threshold: settings.compactionThreshold / 100,
        possible: (info?.compaction ?? []).length > 0,
      },
      images: {
        possible: info?.images !== false,
        tier: imageTier(model.id),
        detail: settings['images.detail'],
        sent: loadOf(conversation).images,
      },
      systemPrompt: begins ? sourcesOf(begins) : [],
    };
  };
}

/** What the system prompt of a conversation that starts now is made of, in its order. */
function sourcesOf({ systemTexts, workspace: { pack } }: AskContext): ChatStatus['systemPrompt'] {
  const texts = systemTexts.map(({ source, text }) => ({ source, tokens: estimateText(text) }));
  return pack ? texts.toSpliced(pack.at, 0, { source: 'pack', tokens: pack.tokens }) : texts;
}

/** What is said of a model on its way out, or gone from the endpoint's list; nothing of one that stays. */
function leavingOf(info: ModelInfo | undefined, isListKnown: boolean): Pick<ChatStatus, 'leaving'> {
  if (!info) return isListKnown ? { leaving: { lifecycle: 'unlisted' } } : {};
  const { lifecycle } = info;
  if (lifecycle === undefined || lifecycle === 'active') return {};
  const until = info.retiresAt?.slice(0, 10);
  return { leaving: { lifecycle, ...(until === undefined ? {} : { until }) } };
}
