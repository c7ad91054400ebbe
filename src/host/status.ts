import type { Session } from '../core/conversation/session.ts';
import type { ChatStatus } from '../core/protocol.ts';
import { effortFor } from '../core/request/capabilities.ts';
import type { Chats } from './chats.ts';
import type { Connection } from './connection.ts';
import type { KeyStore } from './keyStore.ts';
import type { ModelCatalogue } from './modelCatalogue.ts';
import { currentSettings } from './settings.ts';

/** What a page shows around a conversation: model, effort, who answers, whether a key is set. */
export function createStatus(
  chats: Chats,
  catalogue: ModelCatalogue,
  connection: Connection,
  keys: KeyStore,
): (session: Session) => Promise<ChatStatus> {
  return async (session) => {
    const model = chats.modelOf(session);
    const info = catalogue.find(model.id);
    const settings = currentSettings();
    const effort = effortFor(info, chats.effortOf(session));
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
    };
  };
}
